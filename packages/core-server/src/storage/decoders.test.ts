import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseObject } from '../json/json.js';
import { createRefreshToken, readRefreshToken } from '../sessions/refresh-token.js';
import { idOfHandle } from '../sessions/session-handle.js';
import { decodeSession } from '../sessions/session-row.js';
import { partsOf } from './key.js';
import { parseJson } from './value.js';

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** Either a result, or an error that is one. */
function endsWith<T>(input: fc.Arbitrary<T>, read: (input: T) => unknown): void {
  fc.assert(
    fc.property(input, (given) => {
      try {
        read(given);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 1_000 },
  );
}

it('reads a session from any bytes, or fails', () =>
  endsWith(anyBytes, (bytes) => decodeSession(bytes, { space: '', id: Buffer.alloc(16) })));

it('reads JSON from any bytes, or fails', () => endsWith(anyBytes, parseJson));

it('reads the parts of any key, or fails', () => endsWith(anyBytes, partsOf));

it('reads an object from any text, or fails', () => endsWith(fc.string({ unit: 'binary' }), parseObject));

it('reads or refuses any text as a refresh token', () => {
  const token = createRefreshToken(
    { sessionHandle: 'h', userId: 'u', tenant: 'public', parentRefreshTokenHash1: null, antiCsrfToken: null },
    'secret',
  );
  const cut = fc.nat({ max: token.length - 1 }).map((length) => token.slice(0, length));
  const other = fc.tuple(
    fc.nat({ max: token.length - 1 }),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), cut), (text) => {
      expect(() => readRefreshToken(text, 'secret')).toThrow();
    }),
    { numRuns: 300 },
  );
  endsWith(
    other.map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1)),
    (text) => readRefreshToken(text, 'secret'),
  );
});

it('finds an id in a handle, or none', () =>
  endsWith(
    fc.oneof(
      fc.string(),
      fc.uuid().map((id) => `${id}_t`),
    ),
    (handle) => {
      const id = idOfHandle(handle, 't');
      expect(id === undefined || id.length === 16).toBe(true);
    },
  ));
