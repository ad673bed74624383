import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../src/index.js';

let core: CoreServer;
beforeAll(async () => {
  core = await createCoreServer({ host: '127.0.0.1' });
});
afterAll(() => core.close());

async function send(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  const sent = { method, headers: { 'cdi-version': '5.4' }, ...(body && { body: JSON.stringify(body) }) };
  const answer = await fetch(core.url + path, sent);
  return { status: answer.status, text: await answer.text() };
}

const MEGABYTE = 2 ** 20;
const metadata = (userId: string, metadataUpdate: object) =>
  send('PUT', '/recipe/user/metadata', { userId, metadataUpdate });
const zeros = (count: number) => Array<number>(count).fill(0);

describe('large requests', () => {
  it('are read like small ones', async () => {
    const update = { text: 'é"\\'.repeat(MEGABYTE), many: zeros(40_000), nested: { inner: [[], {}, null, 1.5e-7] } };
    const { status, text } = await metadata('large', update);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ metadata: update, status: 'OK' });
    expect((await send('GET', '/recipe/user/metadata?userId=large')).text).toBe(text);
  });

  it('are refused with the reason if they have too many values', async () => {
    expect(await metadata('u', { many: zeros(60_000) })).toEqual({
      status: 400,
      text: 'The JSON input has more than 50000 values\n',
    });
  });

  it('are refused as malformed, as small ones are', async () => {
    const answer = await fetch(`${core.url}/recipe/user/metadata`, {
      method: 'PUT',
      headers: { 'cdi-version': '5.4' },
      body: `{"userId":"u","metadataUpdate":{"a":"${'x'.repeat(MEGABYTE)}"}`,
    });
    expect([answer.status, await answer.text()]).toEqual([400, 'Invalid Json Input\n']);
  });

  it('are refused if a text is far longer than any that is needed', async () => {
    expect(await metadata('u'.repeat(70_000), {})).toEqual({
      status: 400,
      text: "Field name 'userId' has more than 65536 characters\n",
    });
  });

  it('may carry a long access token', async () => {
    const session = { userId: 'u', userDataInJWT: { text: 'x'.repeat(MEGABYTE) }, userDataInDatabase: {} };
    const made = await send('POST', '/recipe/session', { ...session, enableAntiCsrf: false });
    const accessToken = JSON.parse(made.text).accessToken.token as string;
    const check = { accessToken, enableAntiCsrf: false, doAntiCsrfCheck: false, checkDatabase: true };
    const verified = await send('POST', '/recipe/session/verify', check);
    expect(JSON.parse(verified.text)).toMatchObject({
      status: 'OK',
      session: { userDataInJWT: session.userDataInJWT },
    });
  });
});

describe('metadata', () => {
  it('does not grow beyond its limits by repeated updates', async () => {
    expect((await metadata('many', { a: zeros(40_000) })).status).toBe(200);
    expect(await metadata('many', { b: zeros(40_000) })).toEqual({
      status: 400,
      text: 'The metadata of a user has more than 50000 values\n',
    });
    expect((await metadata('long', { a: 'x'.repeat(8 * MEGABYTE) })).status).toBe(200);
    expect(await metadata('long', { b: 'x'.repeat(8 * MEGABYTE) })).toEqual({
      status: 400,
      text: `The metadata of a user has more than ${10 * MEGABYTE} bytes\n`,
    });
    expect(Object.keys(JSON.parse((await send('GET', '/recipe/user/metadata?userId=long')).text).metadata)).toEqual([
      'a',
    ]);
  });

  it('of many users is refused if it does not fit in an answer', async () => {
    await metadata('big', { a: 'x'.repeat(9 * MEGABYTE) });
    const bulk = (userIds: readonly string[]) => send('POST', '/recipe/user/metadata/bulk', { userIds });
    const one = JSON.parse((await bulk(['big', 'nobody'])).text);
    expect(
      one.users.map(({ userId, metadata }: { userId: string; metadata: object | null }) => [userId, !!metadata]),
    ).toEqual([
      ['big', true],
      ['nobody', false],
    ]);
    expect(await bulk(['big', 'big'])).toEqual({
      status: 400,
      text: 'The metadata of these users is too large for one answer: query fewer\n',
    });
  });
});

it('a role takes 10,000 permissions at a time, and loses all of them', async () => {
  const permissions = Array.from({ length: 10_001 }, (_, n) => `permission-${n}`);
  expect(await send('PUT', '/recipe/role', { role: 'r', permissions })).toEqual({
    status: 400,
    text: "Field name 'permissions' cannot contain more than 10000 elements\n",
  });
  await send('PUT', '/recipe/role', { role: 'r', permissions: permissions.slice(1) });
  const left = async () => JSON.parse((await send('GET', '/recipe/role/permissions?role=r')).text).permissions.length;
  expect(await left()).toBe(10_000);
  await send('POST', '/recipe/role/permissions/remove', { role: 'r' });
  expect(await left()).toBe(0);
});
