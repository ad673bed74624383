import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../src/index.js';
import { decodeBase32 } from '../src/totp/base32.js';
import { oneTimePassword } from '../src/totp/one-time-password.js';

let core: CoreServer;
const failures: unknown[] = [];
beforeAll(async () => {
  core = await createCoreServer({
    host: '127.0.0.1',
    logger: { error: (fields) => failures.push(fields), warn: (fields) => failures.push(fields) },
  });
});
afterAll(() => core.close());

async function send(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(core.url + path, { method, headers: { 'cdi-version': '5.4' }, ...(body && { body }) });
  return { status: answer.status, text: await answer.text() };
}

const NUMBERS = [
  ['1e400', '1e308', '-0', '-1', '0', '1.5', '0.1e-400', '2147483647', '2147483648', '4294967297', '9007199254740993'],
  ['9223372036854775807', '-9223372036854775808', '9223372036854775808', '9'.repeat(400), '"1e400"', '"-1"', 'null'],
].flat();

it.each(NUMBERS)(
  'no recipe fails by the number %s',
  async (number) => {
    const ask = async (method: string, path: string, body?: string) => {
      const { status, text } = await send(method, path, body);
      expect(status, `${method} ${path} ${body} ${text}`).toBeLessThan(500);
      return text;
    };
    const userId = `user-${NUMBERS.indexOf(number)}`;
    for (const [skew, period] of [
      [number, '30'],
      ['1', number],
      [number, number],
    ]) {
      const device = `{"userId":"${userId}","deviceName":"d","skew":${skew},"period":${period}`;
      const made = await ask('POST', '/recipe/totp/device', `${device}}`);
      const secret = made.startsWith('{') ? (JSON.parse(made).secret as string | undefined) : undefined;
      if (secret !== undefined) {
        const seconds = Math.trunc(Number(JSON.parse(period as string)));
        const right = oneTimePassword(decodeBase32(secret), Math.floor(Date.now() / 1000 / (seconds || 30)));
        for (const totp of ['000000', right]) {
          const verify = `{"userId":"${userId}","deviceName":"d","totp":"${totp}"}`;
          await ask('POST', '/recipe/totp/device/verify', verify);
          await ask('POST', '/recipe/totp/verify', verify);
        }
      }
      await ask('GET', `/recipe/totp/device/list?userId=${userId}`);
      await ask('POST', '/recipe/totp/device/remove', `{"userId":"${userId}","deviceName":"d"}`);
      await ask('POST', '/recipe/totp/device/import', `${device},"secretKey":"AAAAAAAAAAAAAAAA"}`);
      await ask('POST', '/recipe/totp/verify', `{"userId":"${userId}","totp":"000000"}`);
    }

    const party = '"relyingPartyId":"a.example","relyingPartyName":"A","origin":"https://a.example"';
    for (const more of [`"timeout":${number}`, `"supportedAlgorithmIDs":[${number}]`]) {
      const made = await ask(
        'POST',
        '/recipe/webauthn/options/register',
        `{"email":"${userId}@a.example",${party},${more}}`,
      );
      await ask('POST', '/recipe/webauthn/options/signin', `{${party},${more}}`);
      const id = made.startsWith('{') ? JSON.parse(made).webauthnGeneratedOptionsId : undefined;
      if (id !== undefined) await ask('GET', `/recipe/webauthn/options?webauthnGeneratedOptionsId=${id}`);
    }

    const method = `{"recipeId":"emailpassword","email":"${userId}@b.example","plainTextPassword":"secret1234","timeJoinedInMSSinceEpoch":${number}}`;
    const totp = `{"secretKey":"AAAAAAAAAAAAAAAA","period":${number},"skew":${number}}`;
    const user = `{"externalUserId":"x-${userId}","loginMethods":[${method}],"totpDevices":[${totp}]}`;
    await ask('POST', '/bulk-import/import', user);
    await ask('POST', '/bulk-import/users', `{"users":[${user}]}`);
    await ask('GET', '/bulk-import/users');

    await ask('PUT', '/recipe/user/metadata', `{"userId":"${userId}","metadataUpdate":{"n":${number}}}`);
    await ask('GET', `/recipe/user/metadata?userId=${userId}`);
    const given = encodeURIComponent(number);
    for (const path of ['/users', '/bulk-import/users', '/recipe/dashboard/users'])
      await ask('GET', `${path}?limit=${given}`);
    await ask('GET', `/users/count/active?since=${given}`);
    expect(failures).toEqual([]);
  },
  60_000,
);
