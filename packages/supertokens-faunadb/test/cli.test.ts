import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';
import { login, provideFixture } from './support/fixture.js';
import { resetSdk } from './support/supertokens.js';

const fixture = provideFixture();
let server: Server | undefined;

beforeEach(() => {
  resetSdk();
  vi.stubEnv('FAUNADB_SECRET', fixture.database.secret);
  vi.stubEnv('FAUNADB_URL', fixture.database.url);
  vi.stubEnv('SUPERTOKENS_URI', fixture.deployment.supertokensUri);
});

afterEach(() => {
  server?.close();
  server = undefined;
  process.exitCode = undefined;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs the command line, and gives its exit code and all that it wrote. */
async function run(...args: string[]): Promise<{ code: typeof process.exitCode; written: string }> {
  const written: string[] = [];
  const take = (text: unknown) => {
    written.push(String(text).trim());
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(take);
  for (const name of ['log', 'error'] as const) vi.spyOn(console, name).mockImplementation(take);
  await main(['node', 'supertokens-faunadb', ...args]);
  vi.restoreAllMocks();
  return { code: process.exitCode, written: written.join('\n') };
}

/** A web server that is neither a Core nor FaunaDB. */
async function webServer(): Promise<string> {
  const listening = createServer((_, response) => response.end('<html>'));
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** An address that nothing listens at. */
async function nowhere(): Promise<string> {
  const url = await webServer();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

it.each<[string[], string]>([
  [['sweep', '--faunadb-url', 'nonsense'], "option '--faunadb-url <url>' argument 'nonsense' is invalid. Expected an"],
  [['doctor', '--faunadb-url', 'ftp://x'], 'that begins with http:// or https://.'],
  [['sweep', '--supertokens-uri', 'a;:::'], "option '--supertokens-uri <url>' argument 'a;:::' is invalid. Expected"],
  [['doctor', '--website-domain', 'x'], "option '--website-domain <url>' argument 'x' is invalid. Expected"],
  [['doctor', '--api-url', 'x'], "option '--api-url <url>' argument 'x' is invalid. Expected"],
  [['sweep', '--page-size', '0'], "argument '0' is invalid. Expected a whole number from 1 to 100000."],
  [['sweep', '--pause', '1e3'], "argument '1e3' is invalid. Expected a whole number, at least 0."],
])('%j says which option is wrong, and what was expected', async (args, expected) => {
  const { code, written } = await run(...args);
  expect(code).toBe(1);
  expect(written).toContain(expected);
  expect(written.split('\n')).toHaveLength(1);
});

it('says which variable of the environment is wrong', async () => {
  vi.stubEnv('FAUNADB_URL', 'nonsense');
  expect((await run('sweep')).written).toContain("value 'nonsense' from env 'FAUNADB_URL' is invalid. Expected");
});

it.each(['sweep', 'doctor'])('says of %s which setting leads to no answer, or to another one', async (command) => {
  const closed = await nowhere();
  const away = await run(command, '--faunadb-url', closed);
  expect(away.code).toBe(1);
  expect(away.written).toContain(
    `FaunaDB cannot be reached at ${closed} (ECONNREFUSED): start it, or correct its address.`,
  );
  expect(away.written).toContain('--faunadb-url or FAUNADB_URL');

  resetSdk();
  const other = await webServer();
  const mistaken = await run(command, '--faunadb-url', other);
  expect(mistaken.written).toContain(`What answers at ${other} is not FaunaDB: correct its address.`);

  resetSdk();
  vi.stubEnv('FAUNADB_SECRET', 'wrong');
  const unknown = await run(command);
  expect(unknown.code).toBe(1);
  expect(unknown.written).toMatch(/FaunaDB does not know the key: .*FAUNADB_SECRET/);
});

it('says which setting leads to no Core', async () => {
  const closed = await nowhere();
  const away = await run('doctor', '--supertokens-uri', closed);
  expect(away.written).toContain(`The Core cannot be reached at ${closed} (ECONNREFUSED): start it, or correct`);
  expect(away.written).toContain('--supertokens-uri or SUPERTOKENS_URI');
  const other = await webServer();
  const mistaken = await run('doctor', '--supertokens-uri', other);
  expect(mistaken.written).toContain(
    `${other}/apiversion lists no versions, so it is not a SuperTokens Core: correct its address`,
  );
});

it('prints its version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await run('--version')).toEqual({ code: 0, written: version });
});

it.each(['sweep', 'doctor'])('describes every option of %s', async (command) => {
  const { code, written } = await run(command, '--help');
  expect(code).toBe(0);
  expect(written).toMatch(/--supertokens-uri <url> +where the Core answers/);
  expect(written).toMatch(/--faunadb-url <url> +where FaunaDB answers/);
});

it('a sweep says which tokens it has not looked up, because they are too young', async () => {
  const userId = await fixture.database.createUser();
  await login(fixture.integration(), userId);
  resetSdk();
  const { code, written } = await run('sweep', '--dry-run');
  expect(code).toBeUndefined();
  expect(written).toMatch(/0 without a session to delete\.\n1 were younger than 60 s and not looked up/);
});
