import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { backupDirectory, openStore, restoreBackup, type Store } from './index.js';
import { LayeredStore } from './layered-store.js';
import { LmdbBase } from './lmdb.js';
import { residentFileBytes } from './resident.js';

const opened: Store[] = [];
const directories: string[] = [];

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'store-'));
  directories.push(path);
  return path;
}

async function open(options: Parameters<typeof openStore>[0]): Promise<Store> {
  return remember(await openStore(options));
}

/** A store that gives its memory back whenever more than `residentBytes` of the file are in it. */
async function openThrifty(residentBytes: number): Promise<Store> {
  return remember(new LayeredStore(await LmdbBase.open(directory(), residentBytes)));
}

function remember(store: Store): Store {
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

const bytes = (text: string) => Buffer.from(text, 'latin1');
const all = (store: Store) =>
  store.read((reader) => [...reader.range({})].map(({ key, value }) => [text(key), text(value)])).value;
const text = (b: Uint8Array) => Buffer.from(b).toString('latin1');

/** A process that writes pairs of keys into a store, until it is killed. */
function crashing(path: string) {
  const program = fileURLToPath(new URL('store.crash.ts', import.meta.url));
  const writer = fork(program, [path], { execArgv: ['--import', 'tsx'] });
  const acknowledged = async (least: number): Promise<number> => {
    for (;;) {
      const [number] = (await once(writer, 'message')) as [number];
      if (number >= least) return number;
    }
  };
  return { writer, acknowledged };
}

/** Whole pairs, without a gap, at least as many as were acknowledged. */
function expectPairs(store: Store, least: number): void {
  const pairs = new Map<number, number>();
  for (const [key] of all(store)) {
    const n = Number(key!.slice(1));
    pairs.set(n, (pairs.get(n) ?? 0) + 1);
  }
  expect([...pairs.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: pairs.size }, (_, i) => i));
  expect([...pairs.values()].every((writes) => writes === 2)).toBe(true);
  expect(pairs.size).toBeGreaterThan(least);
}

describe.each(['disk', 'disk, mapped anew at every access', 'memory'] as const)('a store on %s', (kind) => {
  const fresh = () => {
    if (kind === 'memory') return open({ memory: true });
    return kind === 'disk' ? open({ path: directory() }) : openThrifty(Number.NEGATIVE_INFINITY);
  };

  it('behaves like a sorted map, whatever is pending', async () => {
    const key = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '\x00', '\xff') });
    const bound = fc.option(fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '\x00', '\xff') }), {
      nil: undefined,
    });
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        writes: fc.array(fc.tuple(key, fc.boolean())),
        abort: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('range' as const), start: bound, end: bound, reverse: fc.boolean() }),
      fc.record({ kind: fc.constant('settle' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const store = await fresh();
        let model = new Map<string, string>();
        let durable: Promise<void> | undefined;
        for (const [n, s] of steps.entries()) {
          if (s.kind === 'settle') await durable;
          if (s.kind === 'write') {
            const next = new Map(model);
            const run = () =>
              store.transact((tx) => {
                for (const [k, put] of s.writes) {
                  if (put) tx.put(bytes(k), bytes(`${n}`));
                  else tx.remove(bytes(k));
                  if (put) next.set(k, `${n}`);
                  else next.delete(k);
                  expect(tx.get(bytes(k))?.toString()).toBe(next.get(k) && bytes(next.get(k)!).toString());
                }
                expect([...tx.range({})].map((e) => text(e.key))).toEqual([...next.keys()].sort());
                if (s.abort) throw new Error('abort');
              });
            if (s.abort) expect(run).toThrow('abort');
            else {
              durable = run().durable;
              model = next;
            }
          }
          if (s.kind === 'range') {
            const { start, end, reverse } = s;
            const found = store.read((reader) =>
              [
                ...reader.range({
                  reverse,
                  ...(start === undefined ? {} : { start: bytes(start) }),
                  ...(end === undefined ? {} : { end: bytes(end) }),
                }),
              ].map((e) => [text(e.key), text(e.value)]),
            ).value;
            const expected = [...model]
              .filter(([k]) => (start === undefined || k >= start) && (end === undefined || k < end))
              .sort(([a], [b]) => (a < b ? -1 : 1));
            expect(found).toEqual(reverse ? expected.reverse() : expected);
          }
        }
        await store.close();
      }),
      { numRuns: kind === 'memory' ? 300 : 60 },
    );
  });

  it('refuses a view whose callback has returned, and nested callbacks', async () => {
    const store = await fresh();
    const { value: late } = store.transact((tx) => tx);
    expect(() => late.put(bytes('a'), bytes('b'))).toThrow('after its callback has returned');
    store.transact(() => {
      expect(() => store.read(() => 1)).toThrow('do not nest');
    });
    expect(() => store.transact((tx) => tx.put(Buffer.alloc(2000), bytes('')))).toThrow('1 to 1978 bytes');
    expect(all(store)).toEqual([]);
  });
});

describe('a store on disk', () => {
  it.runIf(process.platform === 'linux')(
    'keeps little of a large file in memory, while it reads and writes',
    async () => {
      const allowed = 8 * 2 ** 20;
      const store = await openThrifty(allowed);
      const key = (n: number) => bytes(`${n}`.padStart(6, '0'));
      const before = residentFileBytes() as number;
      let most = 0;
      for (let n = 0; n < 40_000; n += 400) {
        const { durable } = store.transact((tx) => {
          for (let k = n; k < n + 400; k++) tx.put(key(k), Buffer.alloc(1000, k % 256));
        });
        await durable;
      }
      const wrong: number[] = [];
      for (let round = 0; round < 100; round++) {
        const written: (Promise<void> | undefined)[] = [];
        for (let i = 0; i < 100; i++) {
          const n = (round * 7919 + i * 997) % 40_000;
          const got = store.read((r) => r.get(key(n))).value;
          const [first] = store.read((r) => [...r.range({ start: key(n), end: key(n + 1) })]).value;
          if (got?.[999] !== n % 256 || first?.value[999] !== n % 256) wrong.push(n);
          if (i === 0) written.push(store.transact((tx) => tx.put(key(n), Buffer.alloc(1000, n % 256))).durable);
        }
        await (round % 2 === 0 ? written[0] : new Promise(setImmediate));
        most = Math.max(most, residentFileBytes() as number);
      }
      expect(wrong).toEqual([]);
      expect(most - before).toBeLessThan(2 * allowed + 16 * 2 ** 20);
      expect(all(store)).toHaveLength(40_000);
    },
  );

  it('says when something is durable, and lets quiet reads go at once', async () => {
    const store = await open({ path: directory() });
    const first = store.transact((tx) => tx.put(bytes('a'), bytes('1')));
    expect(first.durable).toBeDefined();
    expect(store.read((r) => r.get(bytes('a'))).durable).toBeDefined();
    expect(store.read((r) => r.get(bytes('b'))).durable).toBeUndefined();
    expect(store.read((r) => [...r.range({ start: bytes('b') })]).durable).toBeUndefined();
    expect(store.read((r) => [...r.range({})]).durable).toBeDefined();
    await first.durable;
    expect(store.read((r) => r.get(bytes('a'))?.toString()).durable).toBeUndefined();
    expect(all(store)).toEqual([['a', '1']]);
  });

  it('belongs to one process, and to its owner alone', async () => {
    const path = directory();
    await open({ path });
    await expect(openStore({ path })).rejects.toThrow(`is in use by process ${process.pid}`);
    expect(statSync(join(path, 'data.mdb')).mode & 0o077).toBe(0);
  });

  it('says what is wrong with its directory', async () => {
    const parent = directory();
    const [file, link, foreign] = [join(parent, 'file'), join(parent, 'link'), join(parent, 'foreign')];
    writeFileSync(file, 'a file');
    symlinkSync(join(parent, 'nowhere'), link);
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'data.mdb'), 'no LMDB file');
    const cannotBeUsed = (path: string, reason: string) =>
      `The data directory ${path} cannot be used, because ${reason}: give a directory that this user may write to.`;
    const isFile = 'it or a part of its path is a file';
    for (const path of [file, join(file, 'x', 'y')]) {
      await expect(openStore({ path })).rejects.toThrow(cannotBeUsed(path, isFile));
    }
    const nowhere = join(link, 'x');
    await expect(openStore({ path: nowhere })).rejects.toThrow(
      cannotBeUsed(nowhere, 'there is no such file or directory'),
    );
    // Whoever opens such a file with LMDB is brought down by it.
    await expect(openStore({ path: foreign })).rejects.toThrow(
      `${join(foreign, 'data.mdb')} is neither a backup nor the data of a server`,
    );
    // The lock is released: the second attempt reports the same error.
    await expect(openStore({ path: foreign })).rejects.toThrow('is neither a backup nor');
    const made = join(parent, 'some', 'where');
    await open({ path: made });
    expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it('is backed up while it serves, and restored into an empty directory', async () => {
    const [path, backup, restored] = [directory(), join(directory(), 'backup'), directory()];
    const store = await open({ path });
    store.transact((tx) => tx.put(bytes('a'), bytes('1')));
    await store.backup(backup);
    store.transact((tx) => tx.put(bytes('b'), bytes('2')));
    await expect(store.backup(backup)).rejects.toThrow('exists already');
    await restoreBackup(backup, restored);
    await expect(restoreBackup(backup, restored)).rejects.toThrow('holds data already');
    expect(all(await open({ path: restored }))).toEqual([['a', '1']]);
    await expect(restoreBackup(fileURLToPath(import.meta.url), directory())).rejects.toThrow(
      'is neither a backup nor the data',
    );
    truncateSync(backup, statSync(backup).size - 1);
    await expect(restoreBackup(backup, directory())).rejects.toThrow('cut short');
    const notThere = join(directory(), 'x');
    await expect(restoreBackup(notThere, directory())).rejects.toThrow(`There is no backup ${notThere}`);
    await expect(restoreBackup(path, directory())).rejects.toThrow(`${path} cannot be read, because it is a directory`);
    await expect(backupDirectory(notThere, backup)).rejects.toThrow(`${notThere} holds no data`);
    const below = join(backup, 'x');
    await expect(backupDirectory(path, below)).rejects.toThrow(
      `${below} cannot be written, because it or a part of its path is a file`,
    );
  });

  it('is backed up by another process while it writes: all that was acknowledged, no half of a transaction', async () => {
    const [path, backup, restored] = [directory(), join(directory(), 'backup'), directory()];
    const { writer, acknowledged } = crashing(path);
    await acknowledged(50);
    const least = await acknowledged(50);
    await backupDirectory(path, backup);
    writer.kill('SIGKILL');
    await restoreBackup(backup, restored);
    expectPairs(await open({ path: restored }), least);
  });

  it('keeps what it acknowledged when the process is killed, and no half of a transaction', async () => {
    const path = directory();
    const { writer, acknowledged } = crashing(path);
    const least = await acknowledged(200);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    expectPairs(await open({ path }), least);
  });
});

describe('a snapshot of a store in memory', () => {
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];

  it('is what the store goes back to, as often as one likes', async () => {
    const store = await openStore({ memory: true });
    let rollbacks = 0;
    store.onRollback(() => rollbacks++);
    store.transact((tx) => tx.put(a, Buffer.from('1')));
    const snapshot = store.snapshot();
    for (let round = 0; round < 2; round++) {
      store.transact((tx) => {
        tx.put(a, Buffer.from('2'));
        tx.put(b, Buffer.from('2'));
      });
      store.restore(snapshot);
      expect(store.read((tx) => [tx.get(a)?.toString(), tx.get(b)]).value).toEqual(['1', undefined]);
    }
    expect(rollbacks).toBe(2);
    await store.close();
  });
});
