import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TypeFramework } from 'supertokens-node/lib/build/framework/types.js';
import type { TestDatabase } from '../support/database.js';

/**
 * The same application in each framework: `POST /login` makes a session for the user that the header `x-user` names,
 * `GET /token` answers the FaunaDB token of the session, and the SDK has its own routes under `/auth`.
 */
export interface FrameworkApp {
  fetch(path: string, init: RequestInit): Promise<Response>;
  close(): Promise<unknown>;
}

/** What an application needs to initialise the SDK. */
export interface ServersOfApp {
  readonly supertokensUri: string;
  readonly database: TestDatabase;
}

export interface FrameworkUnderTest {
  readonly name: string;
  /** The SDK's name for it. Without, the application is a process of its own, which initialises the SDK itself. */
  readonly framework?: TypeFramework;
  /** How long a start may take, in milliseconds, where vitest's own limit is too short. */
  readonly startTimeout?: number;
  /** Whether `GET /` is a page, rendered on the server, that says as whom the session's token acts. */
  readonly rendersPages?: boolean;
  start(servers: ServersOfApp): Promise<FrameworkApp>;
}

/** An application that is a listener of Node's HTTP server. */
export async function listen(listener: RequestListener): Promise<FrameworkApp & { readonly origin: string }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    fetch: (path, init) => fetch(origin + path, init),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** An application that listens by itself. */
export function remote(origin: string, close: () => Promise<unknown>): FrameworkApp {
  return { fetch: (path, init) => fetch(origin + path, init), close };
}
