import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameSecret } from '../common/secrets.js';
import { createRefreshToken, type RefreshTokenInfo, readRefreshToken } from './refresh-token.js';
import { Unauthorised } from './refusals.js';

const SECRET = 'a secret of an app';
const info = fc.record<RefreshTokenInfo>({
  sessionHandle: fc.uuid(),
  userId: fc.string({ unit: 'grapheme' }),
  tenant: fc.constantFrom('public', 't1'),
  parentRefreshTokenHash1: fc.option(fc.constant('f'.repeat(64))),
  antiCsrfToken: fc.option(fc.uuid()),
});

describe('a refresh token', () => {
  it('returns to its own Core what it contains', () => {
    fc.assert(
      fc.property(info, (made) => {
        expect(readRefreshToken(createRefreshToken(made, SECRET), SECRET)).toEqual(made);
      }),
      { numRuns: 30 },
    );
  });

  it('is opaque, and never the same twice', () => {
    const made = {
      sessionHandle: 'handle',
      userId: 'somebody',
      tenant: 'public',
      parentRefreshTokenHash1: null,
      antiCsrfToken: null,
    };
    const [one, other] = [createRefreshToken(made, SECRET), createRefreshToken(made, SECRET)];
    expect(one).not.toBe(other);
    expect(Buffer.from(one.split('.')[0] as string, 'base64').toString('latin1')).not.toContain('somebody');
    expect(one).toMatch(/^[\w+/=]+\.[0-9a-f]{64}\.V2$/);
  });

  it('is refused under the secret of another app, and when a character is changed', () => {
    const token = createRefreshToken(
      { sessionHandle: 'handle', userId: 'user', tenant: 'public', parentRefreshTokenHash1: null, antiCsrfToken: null },
      SECRET,
    );
    expect(() => readRefreshToken(token, 'another')).toThrow(Unauthorised);
    const end = token.lastIndexOf('.');
    for (let at = 0; at < end; at += 7) {
      const changed = token.slice(0, at) + (token[at] === '0' ? '1' : '0') + token.slice(at + 1);
      expect(() => readRefreshToken(changed, SECRET), `character ${at}`).toThrow(Unauthorised);
    }
  });

  it('with another nonce is refused in the words of the real Core', () => {
    const token = createRefreshToken(
      { sessionHandle: 'handle', userId: 'user', tenant: 'public', parentRefreshTokenHash1: null, antiCsrfToken: null },
      SECRET,
    );
    const [encrypted, nonce] = token.split('.') as [string, string];
    expect(() => readRefreshToken(`${encrypted}.${nonce.slice(2)}.V2`, SECRET)).toThrow(/^Invalid refresh token$/);
  });

  it.each([
    ['', 'version of refresh token not recognised'],
    ['.', 'java.lang.ArrayIndexOutOfBoundsException'],
    ['..', 'java.lang.ArrayIndexOutOfBoundsException'],
    ['a.V2', 'Refresh token split with dot yielded an array of length: 2'],
  ])('%j is refused in the words of the real Core: %s', (text, message) => {
    expect(() => readRefreshToken(text, SECRET)).toThrow(message);
  });

  it('reads or refuses any input', () => {
    const sent = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String().map((text) => `${text}.nonce.V2`),
    );
    fc.assert(
      fc.property(sent, (text) => {
        expect(() => readRefreshToken(text, SECRET)).toThrow(Unauthorised);
      }),
      { numRuns: 50 },
    );
  });
});

it('compares secrets', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(isSameSecret(a, b)).toBe(a === b);
    }),
  );
  expect(isSameSecret('same', 'same')).toBe(true);
});
