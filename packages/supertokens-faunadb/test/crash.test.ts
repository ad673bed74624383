import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sweepFaunadbTokens } from '../src/index.js';
import { FaultProxy, type PassedRequest } from './support/fault-proxy.js';
import { login, provideFixture, refresh } from './support/fixture.js';

const fixture = provideFixture();
let core: FaultProxy;

beforeEach(async () => {
  core = await FaultProxy.before(fixture.deployment.supertokensUri, 'http1');
});

afterEach(async () => {
  await core.stop();
});

/** Kills a process (SIGKILL) when it has made a token and is about to write to the Core. */
async function killBetweenTheWrites(
  userId: string,
  isSecondWrite: (request: PassedRequest) => boolean,
  refreshToken = '',
) {
  core.fault = (request) => (isSecondWrite(request) ? 'hang' : undefined);
  const script = fileURLToPath(new URL('support/victim.ts', import.meta.url));
  const { url, secret } = fixture.database;
  const args = ['--conditions=source', '--import', 'tsx', script, core.url, url, secret, userId, refreshToken];
  const victim = spawn(process.execPath, args, { stdio: 'inherit' });
  await vi.waitFor(() => expect(core.requests.some(isSecondWrite)).toBe(true), 20_000);
  victim.kill('SIGKILL');
  await once(victim, 'exit');
}

it('a process killed in a login leaves a token that its ttl ends, and that a sweep finds before', async () => {
  const userId = await fixture.database.createUser();
  await killBetweenTheWrites(userId, ({ path }) => path === '/public/recipe/session');
  const [left, ...rest] = await fixture.database.tokens(userId);
  expect(rest).toEqual([]);
  expect(left?.ttl).toBeLessThanOrEqual(Date.now() + 3_630_000);
  await sweepFaunadbTokens({ faunaDBClient: fixture.database.client, minimumAge: 0 });
  expect(await fixture.database.tokens(userId)).toEqual([]);
});

it('a process killed in a refresh leaves nothing that the next refresh does not end', async () => {
  const userId = await fixture.database.createUser();
  const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true, queryTimeout: 1_000 });
  const session = await login(recipe, userId);
  const { refreshToken } = session.getAllSessionTokensDangerously();
  await killBetweenTheWrites(userId, ({ path }) => path === '/recipe/session/regenerate', refreshToken);
  const refreshed = await refresh(recipe, session);
  expect(await fixture.database.identity(await refreshed.getFaunadbToken())).toBe(userId);
  await vi.waitFor(async () => {
    const lasting = (await fixture.database.tokens(userId)).filter(({ ttl }) => ttl > Date.now() + 11_000);
    expect(lasting).toHaveLength(1);
  }, 10_000);
});
