import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { open as openLmdb } from 'lmdb';
import { afterEach, describe, expect, it } from 'vitest';
import { damagesOf } from './check-file.js';
import { DamagedData, keysIn, openStore, restoreBackup, type Store } from './index.js';

const opened: Store[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'damage-'));
  directories.push(path);
  return path;
}

async function open(path: string): Promise<Store> {
  const store = await openStore({ path });
  opened.push(store);
  return store;
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const key = (n: number) => bytes(`key-${`${n}`.padStart(5, '0')}`);
const value = (n: number) => bytes(`value ${n} `.repeat(1 + (n % 20)) + (n % 500 === 0 ? 'large '.repeat(5_000) : ''));

/** A directory with entries in pages of all kinds. */
async function filled(count = 3_000): Promise<{ path: string; file: string }> {
  const path = directory();
  const store = await openStore({ path });
  for (let from = 0; from < count; from += 500) {
    const { durable } = store.transact((tx) => {
      for (let n = from; n < Math.min(from + 500, count); n++) tx.put(key(n), value(n));
    });
    await durable;
  }
  await store.close();
  return { path, file: join(path, 'data.mdb') };
}

describe('a value on disk', () => {
  it('may be large', async () => {
    const path = directory();
    const large = Buffer.alloc(3_000_000, 'large');
    const store = await openStore({ path });
    await store.transact((tx) => tx.put(bytes('a'), large)).durable;
    expect(store.read((r) => large.equals(r.get(bytes('a'))!)).value).toBe(true);
    expect(store.read((r) => [...r.range({})].map((e) => large.equals(e.value))).value).toEqual([true]);
    await store.close();
    const again = await open(path);
    expect(again.read((r) => large.equals(r.get(bytes('a'))!)).value).toBe(true);
  });

  it('is not served when it has changed; others are', async () => {
    const { path, file } = await filled();
    const content = readFileSync(file);
    const at = content.lastIndexOf('value 1234 ');
    content[at + 3]! ^= 1;
    writeFileSync(file, content);
    const store = await open(path);
    const read = (n: number) => store.read((r) => r.get(key(n))).value;
    expect(() => read(1234)).toThrow(DamagedData);
    expect(() => read(1234)).toThrow(
      `The data are damaged: the entry with the key ${key(1234).toString('hex')}. Restore them from a backup`,
    );
    expect(() => store.read((r) => [...r.range({ start: key(1230), end: key(1240) })])).toThrow(DamagedData);
    expect(() => store.transact((tx) => tx.put(key(1), tx.get(key(1234))!))).toThrow(DamagedData);
    const keys = store.read((r) =>
      [...keysIn(r, { start: key(1230), end: key(1240) })].map((k) => Buffer.from(k)),
    ).value;
    expect(keys).toEqual(Array.from({ length: 10 }, (_, i) => key(1230 + i)));
    expect(Buffer.from(read(1235)!)).toEqual(value(1235));
    expect(store.read((r) => [...r.range({ start: key(1235), end: key(1240) })]).value).toHaveLength(5);
    expect(damagesOf(file, 'entries')).toEqual([expect.stringContaining(key(1234).toString('hex'))]);
  });
});

describe('a damaged file', () => {
  it('is refused when it is cut short, wherever', async () => {
    const { path, file } = await filled();
    const whole = readFileSync(file);
    // Behind the last page in use there is space for the next write; losing it is harmless.
    const size = 4096 * (1 + Math.max(...[144, 4240].map((at) => Number(whole.readBigUInt64LE(at)))));
    for (const length of [size - 4096, size / 2, 40_960, 12_288, 8_193, 8_192, 8_191, 5_000, 200, 100, 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await expect(openStore({ path }), `${length} bytes`).rejects.toThrow(/damaged|neither a backup/);
    }
    writeFileSync(file, whole);
    await open(path);
  });

  it('may be shorter than it says where nothing is missing', async () => {
    const { path, file } = await filled(10);
    // The last page that its meta pages name, and that nothing leads to.
    const content = readFileSync(file);
    const lastPage = 144;
    for (const page of [0, 4096]) content.writeBigUInt64LE(BigInt(content.length / 4096 + 2), page + lastPage);
    writeFileSync(file, content);
    const store = await open(path);
    await store.transact((tx) => tx.put(bytes('x'), bytes('y'))).durable;
    expect(store.read((r) => [...r.range({})].length).value).toBe(11);
  });

  it('serves nothing wrong, whichever bits are flipped', async () => {
    const { path, file } = await filled(1_000);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: whole.length * 8 - 1 }), { minLength: 1, maxLength: 3 }),
        async (bits) => {
          const content = Buffer.from(whole);
          for (const bit of bits) content[bit >> 3]! ^= 1 << (bit & 7);
          writeFileSync(file, content);
          let store: Store;
          try {
            store = await openStore({ path });
          } catch (error) {
            expect((error as Error).message).toMatch(/damaged|neither a backup/);
            return;
          }
          try {
            for (let n = 0; n < 1_000; n += 7) {
              try {
                const found = store.read((r) => r.get(key(n))).value;
                if (found !== undefined) expect(Buffer.from(found)).toEqual(value(n));
              } catch (error) {
                expect(error).toBeInstanceOf(DamagedData);
              }
            }
          } finally {
            await store.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is no end of whoever looks for damage, whatever it holds', async () => {
    const { file } = await filled(600);
    const whole = readFileSync(file);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ at: fc.nat({ max: whole.length - 9 }), with: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (changes) => {
          const content = Buffer.from(whole);
          // Most of them in the heads of pages, where they matter most.
          for (const { at, with: bytes } of changes)
            content.set(bytes, at % 3 === 0 ? at : at - (at % 4096) + (at % 48));
          writeFileSync(file, content);
          try {
            expect(Array.isArray(damagesOf(file, 'entries'))).toBe(true);
          } catch (error) {
            expect((error as Error).message).toContain('neither a backup');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is no backup to restore', async () => {
    const { path } = await filled();
    const backup = join(directory(), 'backup');
    const store = await open(path);
    await store.backup(backup);
    const content = readFileSync(backup);
    content[content.lastIndexOf('value 77 ')]! ^= 4;
    writeFileSync(backup, content);
    await expect(restoreBackup(backup, directory())).rejects.toThrow(`${backup}: the entry with the key`);
    truncateSync(backup, statSync(backup).size - 4096);
    await expect(restoreBackup(backup, directory())).rejects.toThrow('cut short');
    appendFileSync(backup, Buffer.alloc(4096));
    await expect(restoreBackup(backup, directory())).rejects.toThrow('damaged');
  });
});

describe('what an older version wrote', () => {
  const older = (file: string, count: number) => {
    const database = openLmdb<Buffer, Buffer>({
      path: file,
      encoding: 'binary',
      keyEncoding: 'binary',
      noSubdir: true,
    });
    database.transactionSync(() => {
      for (let n = 0; n < count; n++) database.put(key(n), value(n));
    });
    return database.close();
  };
  // As one text: comparing thousands of buffers takes long.
  const all = (store: Store) =>
    store.read((r) => [...r.range({})].map((e) => `${text(e.key)} ${text(e.value)}`).join('\n')).value;
  const text = (b: Uint8Array) => Buffer.from(b).toString('latin1');
  const expected = (count: number) =>
    Array.from({ length: count }, (_, n) => `${text(key(n))} ${text(value(n))}`).join('\n');

  it('is served, and has checksums from then on', async () => {
    const path = directory();
    const file = join(path, 'data.mdb');
    await older(file, 25_000);
    expect(damagesOf(file, 'entries')).toEqual([]);
    expect(all(await open(path))).toEqual(expected(25_000));
    await opened.pop()!.close();
    let entries = 0;
    expect(damagesOf(file, 'entries', () => entries++)).toEqual([]);
    expect(entries).toBe(25_000);
    expect(all(await open(path))).toEqual(expected(25_000));
  });

  it('is restored from its backup', async () => {
    const [backup, path] = [join(directory(), 'backup.mdb'), directory()];
    await older(backup, 100);
    await restoreBackup(backup, path);
    expect(all(await open(path))).toEqual(expected(100));
  });
});
