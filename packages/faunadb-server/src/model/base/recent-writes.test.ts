import { describe, expect, it } from 'vitest';
import { documentKey } from '../../storage/keys.js';
import { RecentWrites } from './recent-writes.js';

const THINGS = 1024;

describe('recent writes', () => {
  it('are those of a collection since a time', () => {
    const writes = new RecentWrites();
    expect(writes.idsSince(1, THINGS, 5n)).toBeUndefined();
    writes.begin(2n);
    writes.note(documentKey(1, THINGS, 7n), 4n);
    writes.note(documentKey(1, THINGS, -8n), 6n);
    writes.note(documentKey(1, THINGS + 1, 9n), 6n);
    writes.note(documentKey(2, THINGS, 9n), 6n);
    expect(writes.idsSince(1, THINGS, 3n)).toEqual(new Set([7n, -8n]));
    expect(writes.idsSince(1, THINGS, 5n)).toEqual(new Set([-8n]));
    expect(writes.idsSince(1, THINGS, 7n)).toEqual(new Set());
    expect(writes.idsSince(1, THINGS, 2n)).toBeUndefined();
  });

  it('are unknown from before the earliest that is remembered', () => {
    const writes = new RecentWrites();
    writes.begin(0n);
    for (let time = 1n; time <= 8_193n; time++) writes.note(documentKey(1, THINGS, time), time);
    expect(writes.idsSince(1, THINGS, 1n)).toBeUndefined();
    expect(writes.idsSince(1, THINGS, 2n)?.size).toBe(8_192);
  });
});
