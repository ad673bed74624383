import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type CoreServer, createCoreServer, InvalidSetting, type Settings } from '../src/index.js';
import { ask, createSession, refreshSession, verifySession } from './cdi.js';

const running: CoreServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((core) => core.close()));
});
const start = async (settings: Partial<Settings> = {}) => {
  const core = await createCoreServer({ host: '127.0.0.1', settings });
  running.push(core);
  return core;
};
const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;

describe('createCoreServer', () => {
  it('starts independent servers', async () => {
    const [one, other] = [await start(), await start()];
    const { access } = await createSession(one.url, 'ada');
    expect((await verifySession(one.url, access)).status).toBe('OK');
    expect((await verifySession(other.url, access)).status).toBe('TRY_REFRESH_TOKEN');
  });

  it('listens on this machine alone by default', async () => {
    const core = await createCoreServer();
    running.push(core);
    expect(await status(`${core.url}/hello`)).toBe(200);
    const outside = Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.filter(({ internal, family }) => !internal && family === 'IPv4'),
    );
    for (const { address } of outside) await expect(fetch(`http://${address}:${core.port}/hello`)).rejects.toThrow();
  });

  it('refuses settings that cannot be', async () => {
    await expect(createCoreServer({ settings: { access_token_validity: 0 } })).rejects.toThrow(InvalidSetting);
  });

  it('lets sessions, tokens and keys expire by its own clock', async () => {
    let now = Date.now();
    const core = await createCoreServer({ host: '127.0.0.1', clock: () => now });
    running.push(core);
    const { access, refresh } = await createSession(core.url, 'ada');
    const keyIds = async () => {
      const { keys } = (await (await fetch(`${core.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid).filter((kid) => kid.startsWith('d-'));
    };
    const [key] = await keyIds();
    now += 3_600_001;
    expect((await verifySession(core.url, access)).status).toBe('TRY_REFRESH_TOKEN');
    const next = await refreshSession(core.url, refresh);
    expect((await verifySession(core.url, next.access)).status).toBe('OK');
    now += 144_000 * 60_000 + 1;
    expect(await keyIds()).not.toContain(key);
    const expired = await ask(core.url, 'POST', '/recipe/session/refresh', {
      refreshToken: next.refresh,
      enableAntiCsrf: false,
      useDynamicSigningKey: true,
    });
    expect(expired.status).toBe('UNAUTHORISED');
  });

  it('finishes requests in progress when closed, then stops answering', async () => {
    const core = await createCoreServer({ host: '127.0.0.1' });
    const sessions = Array.from({ length: 20 }, (_, n) => createSession(core.url, `user-${n}`));
    await Promise.race(sessions);
    await core.close();
    const settled = await Promise.allSettled(sessions);
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    await expect(fetch(`${core.url}/hello`)).rejects.toThrow();
  });
});

describe('settings of the server', () => {
  it('base_path prefixes every path', async () => {
    const core = await start({ base_path: '/some//path/' });
    expect(core.url).toMatch(/\/some\/path$/);
    expect(await status(`${core.url}/hello`)).toBe(200);
    expect(await status(core.url)).toBe(200);
    const bare = await fetch(`${core.url}?a=b`, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([302, '/some/path/?a=b']);
    expect(await status(`http://127.0.0.1:${core.port}/hello`)).toBe(404);
  });

  it('api_keys are required, except for public paths', async () => {
    const key = 'a-key-of-twenty-characters';
    const core = await start({ api_keys: `${key},another-key-of-this-core` });
    expect(await status(`${core.url}/apiversion`)).toBe(401);
    expect(await status(`${core.url}/apiversion`, { headers: { 'api-key': key } })).toBe(200);
    expect(await status(`${core.url}/apiversion`, { headers: { authorization: `Bearer ${key}` } })).toBe(200);
    expect(await status(`${core.url}/.well-known/jwks.json`)).toBe(200);
    expect(await status(`${core.url}/hello`)).toBe(200);
  });

  it('supertokens_saas_secret gives access to every app and to protected settings', async () => {
    const key = 'a-key-of-twenty-characters';
    const secret = 'a-secret-that-has-at-least-forty-characters';
    const core = await start({ api_keys: key, supertokens_saas_secret: secret });
    const put = (sent: string, coreConfig: object) =>
      status(`${core.url}/recipe/multitenancy/app/v2`, {
        method: 'PUT',
        headers: { 'api-key': sent },
        body: JSON.stringify({ appId: 'shop', coreConfig }),
      });
    expect(await put('neither-of-them', {})).toBe(401);
    expect(await put(key, { ip_deny_regex: '10.*' })).toBe(403);
    expect(await put(secret, { ip_deny_regex: '10.*' })).toBe(200);
    expect(await put(key, { ip_deny_regex: '10.*', saml_claims_validity: 5 })).toBe(200);
    expect(await put(key, { ip_deny_regex: '11.*' })).toBe(403);
  });

  it.each<[Partial<Settings>, number]>([
    [{ ip_allow_regex: '127\\.\\d+\\.\\d+\\.\\d+' }, 200],
    [{ ip_allow_regex: '10\\..*' }, 403],
    [{ ip_allow_regex: '27.0.0.1' }, 403],
    [{ ip_deny_regex: '127.0.0.1' }, 403],
    [{ ip_deny_regex: '10\\..*' }, 200],
  ])('%j answers a client on the same machine %i', async (settings, expected) => {
    expect(await status(`${(await start(settings)).url}/hello`)).toBe(expected);
  });

  it('supertokens_max_cdi_version is the newest supported version', async () => {
    const core = await start({ supertokens_max_cdi_version: '4.0', supertokens_min_cdi_version: '3.0' });
    expect(await (await fetch(`${core.url}/apiversion`)).json()).toEqual({ versions: ['3.0', '3.1', '4.0'] });
    const at = (version: string) => status(`${core.url}/recipe/roles`, { headers: { 'cdi-version': version } });
    expect([await at('4.0'), await at('5.0'), await at('2.21'), await at('x')]).toEqual([200, 400, 400, 400]);
  });
});

describe('apps', () => {
  it('have settings, keys and sessions of their own', async () => {
    const { url } = await start();
    await ask(url, 'PUT', '/recipe/multitenancy/app/v2', { appId: 'shop', coreConfig: { access_token_validity: 60 } });
    const shop = `${url}/appid-shop`;
    const { access, handle } = await createSession(shop, 'ada');
    expect((await verifySession(shop, access)).status).toBe('OK');
    expect((await verifySession(url, access)).status).toBe('TRY_REFRESH_TOKEN');
    const { exp, iat } = JSON.parse(Buffer.from(access.split('.')[1] as string, 'base64url').toString());
    expect(exp - iat).toBe(60);

    await ask(url, 'POST', '/recipe/multitenancy/app/remove', { appId: 'shop' });
    await ask(url, 'PUT', '/recipe/multitenancy/app/v2', { appId: 'shop' });
    expect((await ask(shop, 'GET', `/recipe/session?sessionHandle=${handle}`)).status).toBe('UNAUTHORISED');
  });

  it.each([
    [{ access_token_validity: 'soon' }, "'access_token_validity' must be of type long"],
    [{ supertokens_min_cdi_version: '3.0' }, 'Invalid config key: supertokens_min_cdi_version'],
    [{ port: 1 }, "port can only be set via the core's base config setting"],
    [{ refresh_token_validity: 1 }, "'refresh_token_validity' must be strictly greater than 'access_token_validity'."],
  ])('cannot have the settings %j', async (coreConfig, message) => {
    const { url } = await start();
    const made = ask(url, 'PUT', '/recipe/multitenancy/app/v2', { appId: 'shop', coreConfig });
    await expect(made).rejects.toThrow(`400 Invalid core config: ${message}`);
  });
});

describe('what no client should send', () => {
  it('a target with characters that must be escaped is answered with a page', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/hello?a=[`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(await answer.text()).toMatch(/^<!doctype html>/);
    expect(await status(`${url}/apiversion?=a`)).toBe(400);
  });

  it.each<[string, RequestInit, number]>([
    ['a body larger than any session', { method: 'POST', body: 'x'.repeat(11 * 1024 * 1024) }, 413],
    ['a body that is not JSON', { method: 'POST', body: '{' }, 400],
    [
      'a character set that nobody has',
      { method: 'POST', body: '{}', headers: { 'content-type': 'x; charset=no' } },
      400,
    ],
    ['a method that nobody has', { method: 'PROPFIND' }, 501],
    ['a method that is none', { method: 'FOO' }, 501],
  ])('%s is answered', async (_, init, expected) => {
    const { url } = await start();
    expect(await status(`${url}/recipe/session`, init).catch(() => expected)).toBe(expected);
    expect(await status(`${url}/hello`)).toBe(200);
  });
});

describe('numbers that nobody means', () => {
  it.each(['1e400', '-1e400', '1e308', '-0', '9007199254740993', '9'.repeat(400), 'NaN', '"1e400"', '0.5'])(
    '%s is answered',
    async (number) => {
      const { url } = await start();
      const ask = (path: string, body: string, method = 'POST') => status(url + path, { method, body });
      const jwt = `{"algorithm":"RS256","jwksDomain":"a","payload":{"n":1},"validity":${number}}`;
      expect(await ask('/recipe/jwt', jwt)).toBeLessThan(500);
      expect(await ask('/recipe/jwt', jwt.replace('"n":1', `"n":${number}`))).toBeLessThan(500);
      for (const setting of ['access_token_validity', 'refresh_token_validity', 'totp_max_attempts']) {
        const config = `{"appId":"a","coreConfig":{"${setting}":${number}}}`;
        expect(await ask('/recipe/multitenancy/app/v2', config, 'PUT')).toBeLessThan(500);
      }
      const session = '{"userId":"a","userDataInJWT":{},"userDataInDatabase":{},"enableAntiCsrf":false}';
      expect(await ask('/appid-a/recipe/session', session)).toBeLessThan(500);
      for (const query of ['/users?limit=', '/users/count/active?since=']) {
        expect(await status(url + query + encodeURIComponent(number))).toBeLessThan(500);
      }
    },
  );
});
