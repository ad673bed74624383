import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEventCursor, encodeEventCursor, isAfter, LAST_ORDINAL } from './cursor.js';

const cursors = fc.record({
  time: fc.bigInt({ min: -(10n ** 16n), max: 10n ** 17n }),
  ordinal: fc.integer({ min: 0, max: LAST_ORDINAL }),
});

describe('the cursor of an event', () => {
  it('is the text that FaunaDB makes', () => {
    expect(encodeEventCursor({ time: 0n, ordinal: 0 })).toBe('gsEAAA==');
  });

  it('comes back from its text', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(decodeEventCursor(encodeEventCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  it('is refused when it is anything else', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.base64String(),
      cursors.map((cursor) => `${encodeEventCursor(cursor)}AAAA`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const cursor = decodeEventCursor(text);
        if (cursor) expect(decodeEventCursor(encodeEventCursor(cursor))).toEqual(cursor);
      }),
    );
    for (const text of ['', 'nonsense', 'gsEA', 'gsH7AAAAAAAAAAAA']) expect(decodeEventCursor(text)).toBeUndefined();
  });

  it('comes after those of earlier transactions, and of earlier events of its own', () => {
    expect(isAfter({ time: 2n, ordinal: 0 }, { time: 1n, ordinal: 9 })).toBe(true);
    expect(isAfter({ time: 1n, ordinal: 2 }, { time: 1n, ordinal: 1 })).toBe(true);
    expect(isAfter({ time: 1n, ordinal: 1 }, { time: 1n, ordinal: 1 })).toBe(false);
  });
});
