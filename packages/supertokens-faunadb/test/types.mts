// Compiled by docs.test.ts: what users write needs no cast.

import { type Client as Fql10Client, fql } from 'fauna';
import type { Client as Fql4Client } from 'faunadb';
import AuthReactSession from 'supertokens-auth-react-sdk/recipe/session/index.js';
import type { SessionRequest } from 'supertokens-node/framework/express';
import Session from 'supertokens-node/recipe/session';
import type { TypeInput } from 'supertokens-node/types';
import type { SuperTokensPlugin as WebJsPlugin } from 'supertokens-web-js/lib/build/types';
import WebJsSession from 'supertokens-web-js/recipe/session';
import website from 'supertokens-website';
import { faunadbPlugin } from '../src/backend/plugin.js';
import { createFaunaClient, faunadbPlugin as frontendPlugin } from '../src/client/browser.js';
import { createFaunaClient as createFql10Client } from '../src/client/fauna/browser.js';
import type { FaunadbSessionOptions, SessionContainer } from '../src/index.js';

export async function handler(req: SessionRequest): Promise<string | undefined> {
  const session: SessionContainer | undefined = req.session;
  return session?.getFaunadbToken();
}

export async function functions(): Promise<string[]> {
  const session = await Session.getSessionWithoutRequestResponse('token');
  return session === undefined ? [] : [await session.getFaunadbToken({ checkAlive: true })];
}

export const backend = (options: FaunadbSessionOptions): NonNullable<TypeInput['experimental']> => ({
  plugins: [faunadbPlugin(options)],
});

export const clients = [
  createFaunaClient({ session: website }),
  createFaunaClient({ session: WebJsSession }),
  createFaunaClient({ session: AuthReactSession }),
];
export const plugin: WebJsPlugin = frontendPlugin({ session: WebJsSession });
export const fql10Client: Fql10Client = createFql10Client({ session: website });

export async function bothDrivers(session: SessionContainer, client: Fql10Client): Promise<[Fql4Client, Fql10Client]> {
  const options: FaunadbSessionOptions = { faunaDBClient: client, userRef: ({ userId }) => fql`users.byId(${userId})` };
  // @ts-expect-error: a client of neither driver.
  const wrong: FaunadbSessionOptions = { faunaDBClient: { query: options } };
  void wrong;
  return [await session.getFaunaClient(), await session.getFaunaClient<Fql10Client>()];
}
