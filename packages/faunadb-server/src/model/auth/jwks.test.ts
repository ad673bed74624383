import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isKnownToBeSigned, isSignedByKeysAt } from './jwks.js';

let uri: string;
let served = 0;
let keys: object[] = [];
let answer: () => Response;

/** Advances the clock by some ms; time otherwise stands still. */
function later(ms: number): void {
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + ms);
}

beforeEach(() => {
  later(0);
  // Every test has its own key set, since they are cached by address.
  uri = `https://idp.example.com/${++served}/jwks.json`;
  answer = () => Response.json({ keys });
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => answer()),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function signer(kid: string, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const token = () => new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg, kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg }, token };
}

describe('signatures by published keys', () => {
  it('accepts those of published keys, and fetches these once', async () => {
    const [a, b] = [await signer('a'), await signer('b', 'RS256')];
    keys = [a.jwk, b.jwk];
    expect(await isSignedByKeysAt(uri, await a.token())).toBe(true);
    expect(await isSignedByKeysAt(uri, await b.token())).toBe(true);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('rejects a signature of another key with the same name', async () => {
    keys = [(await signer('a')).jwk];
    expect(await isSignedByKeysAt(uri, await (await signer('a')).token())).toBe(false);
  });

  it('does not fetch unknown keys again and again', async () => {
    keys = [(await signer('a')).jwk];
    for (let i = 0; i < 5; i++) expect(await isSignedByKeysAt(uri, await (await signer('b')).token())).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('fetches an unknown key again after a while', async () => {
    const [a, b] = [await signer('a'), await signer('b')];
    keys = [a.jwk];
    expect(await isSignedByKeysAt(uri, await a.token())).toBe(true);
    keys = [b.jwk];
    expect(await isSignedByKeysAt(uri, await b.token())).toBe(false);
    later(501);
    expect(await isSignedByKeysAt(uri, await b.token())).toBe(true);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('remembers a token for as long as its key is published', async () => {
    const [a, b] = [await signer('a'), await signer('b')];
    const token = await a.token();
    keys = [a.jwk];
    expect(isKnownToBeSigned(uri, token)).toBe(false);
    await isSignedByKeysAt(uri, token);
    expect(isKnownToBeSigned(uri, token)).toBe(true);
    keys = [b.jwk];
    later(300_001);
    // The old keys stay valid until the new ones arrive.
    expect(isKnownToBeSigned(uri, token)).toBe(true);
    await vi.waitFor(() => expect(isKnownToBeSigned(uri, token)).toBe(false));
    expect(await isSignedByKeysAt(uri, token)).toBe(false);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('uses known keys for an hour while the provider is unreachable', async () => {
    const a = await signer('a');
    const token = await a.token();
    keys = [a.jwk];
    await isSignedByKeysAt(uri, token);
    answer = () => new Response('away', { status: 503 });
    later(3_599_000);
    expect(isKnownToBeSigned(uri, token)).toBe(true);
    expect(await isSignedByKeysAt(uri, await a.token())).toBe(true);
    later(2_000);
    expect(isKnownToBeSigned(uri, token)).toBe(false);
    expect(await isSignedByKeysAt(uri, token)).toBe(false);
  });

  it('reads no more than the longest set of keys', async () => {
    const { jwk, token } = await signer('a');
    const padded = (size: number) => () => new Response(JSON.stringify({ keys: [jwk], padding: 'x'.repeat(size) }));
    answer = padded(1_048_576);
    expect(await isSignedByKeysAt(uri, await token())).toBe(false);
    later(501);
    answer = padded(1_000_000);
    expect(await isSignedByKeysAt(uri, await token())).toBe(true);
  });

  it('skips invalid keys', async () => {
    const { jwk, token } = await signer('a');
    keys = [null as never, [] as never, jwk];
    expect(await isSignedByKeysAt(uri, await token())).toBe(true);
  });

  it('rejects unsigned tokens, and tokens signed with a public secret', async () => {
    const { jwk, token } = await signer('a');
    keys = [jwk, { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA', kid: 'shared', alg: 'HS256' }];
    const shared = await new SignJWT({ sub: 'ada' })
      .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
      .sign(Buffer.from('secret-secret-secret-secret-secret'));
    const [, payload] = (await token()).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const text of [shared, unsigned, 'ey.', 'ey.a.b', '']) expect(await isSignedByKeysAt(uri, text)).toBe(false);
  });

  it('trusts no token while the keys are unavailable', async () => {
    const { token } = await signer('a');
    for (const [i, wrong] of [
      () => new Response('away', { status: 503 }),
      () => new Response('not JSON'),
      () => Response.json({ keys: [{ kty: 'EC', crv: 'P-256', kid: 'a', x: 'AA', y: 'AA' }] }),
    ].entries()) {
      answer = wrong;
      later(501);
      expect(await isSignedByKeysAt(uri, await token())).toBe(false);
      expect(fetch).toHaveBeenCalledTimes(i + 1);
    }
    expect(await isSignedByKeysAt('not a URI', await token())).toBe(false);
  });
});
