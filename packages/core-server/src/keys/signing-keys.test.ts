import { openStore } from '@supertokens-faunadb/store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveSettings } from '../settings/settings.js';
import { SigningKeys } from './signing-keys.js';

const HOUR = 3_600_000;
const settings = resolveSettings({ access_token_dynamic_signing_key_update_interval: 2, access_token_validity: 600 });
const store = await openStore({ memory: true });
const open = (space: string) => new SigningKeys(store, space, () => settings);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const kids = async (keys: SigningKeys) => (await keys.dynamicKeys()).map(({ kid }) => kid);

describe('the keys of an app', () => {
  it('are two, created once, and the same after a restart', async () => {
    const keys = open('restart');
    const [dynamic, fixed] = await Promise.all([keys.signingKey('dynamic'), keys.signingKey('static')]);
    expect(dynamic.kid).toBe(`d-${dynamic.createdAt}`);
    expect(fixed.kid).toMatch(/^s-/);
    expect((await keys.jwks()).map(({ kid }) => kid)).toEqual([dynamic.kid, fixed.kid]);
    expect(await open('restart').jwks()).toEqual(await keys.jwks());
  });

  it('are created once for concurrent callers', async () => {
    const keys = open('at once');
    const asked = await Promise.all(Array.from({ length: 5 }, () => keys.signingKey('dynamic')));
    expect(new Set(asked.map(({ kid }) => kid)).size).toBe(1);
    expect(await kids(keys)).toHaveLength(1);
  });

  it('sign what they verify', async () => {
    const key = await open('sign').signingKey('static');
    const signature = await key.sign('content');
    expect(key.verify('content', signature)).toBe(true);
    expect(key.verify('other content', signature)).toBe(false);
  });
});

describe('the dynamic key', () => {
  it('is followed by one that is published a minute before it signs', async () => {
    const keys = open('overlap');
    const first = await keys.signingKey('dynamic');
    vi.setSystemTime(first.createdAt + 2 * HOUR - 30_000);
    await keys.dynamicKeys(); // begins to make the next one
    await vi.waitFor(async () => expect(await kids(keys)).toHaveLength(2));
    const [next] = await keys.dynamicKeys();

    expect((await keys.signingKey('dynamic')).kid).toBe(first.kid);
    vi.setSystemTime(first.createdAt + 2 * HOUR + 1);
    expect((await keys.signingKey('dynamic')).kid).toBe(next.kid);
  });

  it('verifies beyond the expiry of the last token it signed', async () => {
    const keys = open('lifetime');
    const { kid, createdAt } = await keys.signingKey('dynamic');
    vi.setSystemTime(createdAt + 2 * HOUR + 1);
    expect((await keys.signingKey('dynamic')).kid).not.toBe(kid);
    vi.setSystemTime(createdAt + 2 * HOUR + 600_000);
    expect(await keys.find(kid)).toBeDefined();
    vi.setSystemTime(createdAt + 2 * HOUR + 1_200_001);
    expect(await keys.find(kid)).toBeUndefined();
    expect(await kids(keys)).not.toContain(kid);
  });

  it('may be cached until the next one can come', async () => {
    const keys = open('cache');
    const { createdAt } = await keys.signingKey('dynamic');
    vi.setSystemTime(createdAt + HOUR);
    expect(await keys.cacheSeconds()).toBe(3600 - 60);
    vi.setSystemTime(createdAt + 2 * HOUR - 30_000);
    expect(await keys.cacheSeconds()).toBe(1);
  });

  it('is removed from the store when it no longer verifies', async () => {
    const keys = open('forgotten');
    const { kid, createdAt } = await keys.signingKey('dynamic');
    vi.setSystemTime(createdAt + 5 * HOUR);
    await keys.signingKey('dynamic');
    expect(await kids(open('forgotten'))).not.toContain(kid);
  });
});
