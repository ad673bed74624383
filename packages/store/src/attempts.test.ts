import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AttemptStore } from './attempts.js';
import { openStore } from './open.js';
import { ReadSet } from './reads.js';
import type { Reader, Store } from './store.js';

const bytes = (text: string) => Buffer.from(text);
const all = (reader: Reader) => [...reader.range({})].map(({ key, value }) => [String(key), String(value)]);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(kind: 'memory' | 'disk'): Promise<Store> {
  const path = mkdtempSync(join(tmpdir(), 'store-attempts-'));
  closers.push(() => rmSync(path, { recursive: true, force: true }));
  const store = await openStore(kind === 'memory' ? { memory: true } : { path });
  closers.push(() => store.close());
  return store;
}

async function attemptsOn(store: Store, unnoted?: Uint8Array): Promise<AttemptStore> {
  const attempts = AttemptStore.open(await store.share(), unnoted);
  closers.push(() => attempts.close());
  return attempts;
}

describe.each(['memory', 'disk'] as const)('attempts on a store in %s', (kind) => {
  it('do not depend on a key that is read unnoted', async () => {
    const store = await open(kind);
    const attempts = await attemptsOn(store, bytes('a'));
    attempts.transact((tx) => {
      tx.get(bytes('a'));
      tx.get(bytes('b'));
      tx.put(bytes('c'), bytes('1'));
    });
    const reads = new ReadSet(attempts.attempt!.reads.encode());
    expect(['a', 'b'].map((key) => reads.includes(bytes(key)))).toEqual([false, true]);
  });

  it('see what was there when it was shared, and change nothing', async () => {
    const store = await open(kind);
    for (const name of ['a', 'b', 'c']) store.transact((tx) => tx.put(bytes(name), bytes('1')));
    const attempts = await attemptsOn(store);
    const seen = attempts.transact((tx) => {
      tx.put(bytes('b'), bytes('2'));
      tx.remove(bytes('c'));
      return all(tx);
    }).value;
    expect(seen).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect([...attempts.attempt!.writes].map(([key, value]) => [String(key), value && String(value)])).toEqual([
      ['b', '2'],
      ['c', null],
    ]);
    store.transact((tx) => tx.remove(bytes('a')));
    await store.share();
    expect(attempts.transact(all).value).toEqual([
      ['b', '1'],
      ['c', '1'],
    ]);
    expect(attempts.attempt).toBeUndefined();
  });

  it('hold as long as nothing is written that they have read', async () => {
    const store = await open(kind);
    store.transact((tx) => tx.put(bytes('a'), bytes('1')));
    const watch = store.watch();
    const attempts = await attemptsOn(store);
    attempts.transact((tx) => {
      const [first] = tx.range({ start: bytes('a'), end: bytes('m') });
      tx.put(bytes('x'), first!.value);
    });
    const reads = new ReadSet(attempts.attempt!.reads.encode());
    store.transact((tx) => tx.put(bytes('n'), bytes('1')));
    expect(watch.touches(reads)).toBe(false);
    store.transact((tx) => tx.put(bytes('a'), bytes('2')));
    expect(watch.touches(reads)).toBe(true);
    watch.end();
  });
});

describe('attempts on a store in memory that goes back to snapshots', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), key, value: fc.constantFrom('1', '2') }),
    fc.record({ kind: fc.constant('remove' as const), key }),
    fc.record({ kind: fc.constantFrom('share' as const, 'snapshot' as const) }),
    fc.record({ kind: fc.constant('restore' as const), which: fc.nat(9) }),
  );

  it('see the state that it went back to', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const store = await openStore({ memory: true });
        const snapshots = [store.snapshot()];
        const attempts = AttemptStore.open(await store.share());
        try {
          for (const each of [...steps, { kind: 'share' as const }]) {
            if (each.kind === 'put') store.transact((tx) => tx.put(bytes(each.key), bytes(each.value)));
            else if (each.kind === 'remove') store.transact((tx) => tx.remove(bytes(each.key)));
            else if (each.kind === 'snapshot') snapshots.push(store.snapshot());
            else if (each.kind === 'restore') store.restore(snapshots[each.which % snapshots.length]!);
            else {
              await store.share();
              expect(attempts.transact(all).value).toEqual(store.read(all).value);
            }
          }
        } finally {
          await attempts.close();
          await store.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('do not hold if it went back meanwhile', async () => {
    const store = await open('memory');
    const before = store.snapshot();
    const watch = store.watch();
    const attempts = await attemptsOn(store);
    attempts.transact((tx) => tx.put(bytes('x'), tx.get(bytes('a')) ?? bytes('none')));
    const reads = new ReadSet(attempts.attempt!.reads.encode());
    expect(watch.touches(reads)).toBe(false);
    store.restore(before);
    expect(watch.touches(reads)).toBe(true);
    watch.end();
  });
});
