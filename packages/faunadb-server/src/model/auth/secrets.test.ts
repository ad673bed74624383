import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashSecret, newKeySecret, newTokenSecret, parseSecret, secretMatches, secretText } from './secrets.js';

describe('secrets', () => {
  it('reads what it has written, for every id and database', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.nat(), (id, scope) => {
        expect(parseSecret(secretText(newKeySecret(id)))).toMatchObject({ kind: 'key', id });
        expect(parseSecret(secretText(newTokenSecret(id, scope)))).toMatchObject({ kind: 'token', id, scope });
      }),
    );
  });

  it('begins with fn, as the drivers expect', () => {
    expect(secretText(newKeySecret(1n))).toMatch(/^fn[\w-]{38}$/);
    expect(secretText(newTokenSecret(1n, 1))).toMatch(/^fn[\w-]{49}$/);
  });

  it('refuses everything else', () => {
    const secret = secretText(newTokenSecret(7n, 3));
    for (const text of [
      '',
      'fn',
      'secret',
      `${secret}x`,
      `${secret}=`,
      secret.slice(0, -1),
      ` ${secret}`,
      `${secret}\n`,
    ]) {
      expect(parseSecret(text), text).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => parseSecret(text) === undefined));
    const elsewhere = newTokenSecret(7n, 3);
    elsewhere.bytes.writeBigUInt64BE(2n ** 32n, 10);
    expect(parseSecret(secretText(elsewhere))).toMatchObject({ kind: 'token', id: 7n, scope: undefined });
  });

  it('matches its own hash only', () => {
    const secret = newTokenSecret(7n, 3);
    const other = newTokenSecret(7n, 3);
    expect(secretMatches(secret, hashSecret(secret))).toBe(true);
    expect(secretMatches(other, hashSecret(secret))).toBe(false);
    expect(secretMatches(secret, '')).toBe(false);
  });

  it('has another hash in another document, though the random part is the same', () => {
    const secret = newTokenSecret(7n, 3);
    const elsewhere = newTokenSecret(8n, 3);
    secret.bytes.copy(elsewhere.bytes, 18, 18);
    expect(hashSecret(elsewhere)).not.toBe(hashSecret(secret));
  });
});
