import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSignedByKeysAt } from './jwks.js';

let uri: string;
let served = 0;
let keys: object[] = [];
let answer: () => Response;

beforeEach(() => {
  // A key set of its own for every test, since they are remembered by their address.
  uri = `https://idp.example.com/${++served}/jwks.json`;
  answer = () => Response.json({ keys });
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => answer()),
  );
});
afterEach(() => vi.unstubAllGlobals());

async function signer(kid: string, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const token = () => new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg, kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg }, token };
}

describe('signatures by published keys', () => {
  it('takes those of the keys that are there, and asks for these once', async () => {
    const [a, b] = [await signer('a'), await signer('b', 'RS256')];
    keys = [a.jwk, b.jwk];
    expect(await isSignedByKeysAt(uri, await a.token())).toBe(true);
    expect(await isSignedByKeysAt(uri, await b.token())).toBe(true);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('takes no signature of another key of the same name', async () => {
    keys = [(await signer('a')).jwk];
    expect(await isSignedByKeysAt(uri, await (await signer('a')).token())).toBe(false);
  });

  it('does not ask again and again for keys that are not there', async () => {
    keys = [(await signer('a')).jwk];
    for (let i = 0; i < 5; i++) expect(await isSignedByKeysAt(uri, await (await signer('b')).token())).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('takes nothing that is not signed, or with a secret that all know', async () => {
    const { jwk, token } = await signer('a');
    keys = [jwk, { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA', kid: 'shared', alg: 'HS256' }];
    const shared = await new SignJWT({ sub: 'ada' })
      .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
      .sign(Buffer.from('secret-secret-secret-secret-secret'));
    const [, payload] = (await token()).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const text of [shared, unsigned, 'ey.', 'ey.a.b', '']) expect(await isSignedByKeysAt(uri, text)).toBe(false);
  });

  it('trusts nobody while the keys cannot be had', async () => {
    const { token } = await signer('a');
    answer = () => new Response('away', { status: 503 });
    expect(await isSignedByKeysAt(uri, await token())).toBe(false);
    answer = () => new Response('not JSON');
    expect(await isSignedByKeysAt(uri, await token())).toBe(false);
    answer = () => Response.json({ keys: [{ kty: 'EC', crv: 'P-256', kid: 'a', x: 'AA', y: 'AA' }] });
    expect(await isSignedByKeysAt(uri, await token())).toBe(false);
    expect(await isSignedByKeysAt('not a URI', await token())).toBe(false);
  });
});
