import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compare } from './layer.js';
import { ReadLog, ReadSet } from './reads.js';
import type { Entry, Range } from './store.js';

const key = fc.uint8Array({ minLength: 1, maxLength: 3, max: 4 });
const range = fc.record({ start: key, end: key, reverse: fc.boolean() }, { requiredKeys: [] });

const entries: readonly Entry[] = Array.from({ length: 60 }, (_, i) => ({
  key: Uint8Array.of(i % 5, Math.floor(i / 5) % 4, i % 3),
  value: new Uint8Array(0),
})).sort((a, b) => compare(a.key, b.key));

function within({ start, end, reverse }: Range): Entry[] {
  const found = entries.filter(
    (entry) => !(start && compare(entry.key, start) < 0) && !(end && compare(entry.key, end) >= 0),
  );
  return reverse ? found.reverse() : found;
}

it('records all keys that were looked up, and of a range only what was read', () => {
  const reads = fc.array(fc.record({ range, count: fc.nat(20) }));
  fc.assert(
    fc.property(fc.array(key), reads, key, (gets, ranges, asked) => {
      const log = new ReadLog();
      const isRead: ((asked: Uint8Array) => boolean)[] = [];
      for (const got of gets) {
        log.get(got);
        isRead.push((other) => compare(got, other) === 0);
      }
      for (const { range, count } of ranges) {
        // Abandoned in the middle without notice, as when several ranges are merged.
        const iterator = log.range(range, within(range));
        let last: Uint8Array | undefined;
        let isWhole = false;
        for (let i = 0; i < count && !isWhole; i++) {
          const next = iterator.next();
          if (next.done) isWhole = true;
          else last = next.value.key;
        }
        if (count === 0) continue;
        isRead.push((other) => {
          if (range.start && compare(other, range.start) < 0) return false;
          if (range.end && compare(other, range.end) >= 0) return false;
          if (isWhole || last === undefined) return true;
          return range.reverse ? compare(other, last) >= 0 : compare(other, last) <= 0;
        });
      }
      const set = new ReadSet(log.encode());
      for (const other of [asked, ...gets, ...entries.map((entry) => entry.key)]) {
        expect(set.includes(other)).toBe(isRead.some((is) => is(other)));
      }
    }),
  );
});
