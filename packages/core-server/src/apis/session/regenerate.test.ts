import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, createSession } from '../../../test/cdi.js';
import { type CoreServer, createCoreServer } from '../../index.js';

let one: CoreServer;
let other: CoreServer;
beforeAll(async () => {
  [one, other] = await Promise.all([createCoreServer(), createCoreServer()]);
});
afterAll(() => Promise.all([one.close(), other.close()]));

const regenerate = (url: string, accessToken: string) =>
  ask(url, 'POST', '/recipe/session/regenerate', { accessToken, userDataInJWT: {} });

it('refuses a token of another Core, whose session does not exist here', async () => {
  const { access } = await createSession(other.url, 'ada');
  expect(await regenerate(one.url, access)).toEqual({ status: 'UNAUTHORISED', message: 'Session does not exist.' });
});

it('refuses a token with a wrong signature', async () => {
  const { access } = await createSession(one.url, 'ada');
  const [header, payload] = access.split('.');
  expect(await regenerate(one.url, `${header}.${payload}.AAAA`)).toEqual({
    status: 'UNAUTHORISED',
    message: 'io.supertokens.session.jwt.JWT$JWTException: JWT verification failed',
  });
});
