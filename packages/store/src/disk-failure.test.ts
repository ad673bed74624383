import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AttemptStore } from './attempts.js';
import { diskFailure } from './disk-failure.js';
import { DiskFailure, openStore, type Store } from './index.js';
import type { Layer } from './layer.js';
import { LayeredStore } from './layered-store.js';
import { MemoryBase } from './memory.js';

const bytes = (text: string) => Buffer.from(text);
const all = (store: Store) => store.read((r) => [...r.range({})].map((e) => `${e.key}=${e.value}`)).value;
const put = (store: Store, key: string, value = 'x') => store.transact((tx) => tx.put(bytes(key), bytes(value)));

/** A disk that completes or fails writes on demand. */
class Disk extends MemoryBase {
  override readonly persistent: boolean = true;
  readonly #waiting: ((error?: Error) => void)[] = [];

  override async write(layer: Layer): Promise<void> {
    const error = await new Promise<Error | undefined>((resolve) => this.#waiting.push(resolve));
    if (error) throw await diskFailure('/', error);
    await super.write(layer);
  }

  async let(outcome: 'write' | 'EIO' | 'ENOSPC' | 'EROFS'): Promise<void> {
    while (this.#waiting.length === 0) await new Promise(setImmediate);
    this.#waiting.shift()!(outcome === 'write' ? undefined : Object.assign(new Error(outcome), { code: outcome }));
  }
}

describe('a store whose disk refuses a write', () => {
  it.each([
    ['EIO', 'the disk failed to read or write it'],
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'its disk is read-only'],
  ] as const)('serves what is on disk after %s, and writes again when it can', async (code, reason) => {
    const disk = new Disk();
    const store = new LayeredStore(disk);
    const first = put(store, 'a');
    await Promise.all([disk.let('write'), first.durable]);

    const refused = put(store, 'b');
    await new Promise(setImmediate); // the group is being written
    const after = put(store, 'c');
    const seeing = store.read((r) => r.get(bytes('b'))?.toString());
    expect(seeing.value).toBe('x');
    expect(all(store)).toEqual(['a=x', 'b=x', 'c=x']);
    const outcomes = [refused.durable, after.durable, seeing.durable].map((durable) =>
      expect(durable).rejects.toThrow(`Nothing can be written now, because ${reason}`),
    );
    await disk.let(code);
    await Promise.all(outcomes);
    await expect(refused.durable).rejects.toBeInstanceOf(DiskFailure);

    expect(all(store)).toEqual(['a=x']);
    expect(store.read((r) => r.get(bytes('a'))).durable).toBeUndefined();
    const again = put(store, 'd');
    await Promise.all([disk.let('write'), again.durable]);
    expect(all(store)).toEqual(['a=x', 'd=x']);
    await store.close();
  });

  it('notifies listeners of a rollback before the waiting transactions', async () => {
    const disk = new Disk();
    const store = new LayeredStore(disk);
    const notified: string[] = [];
    store.onRollback(() => notified.push(`remembered ${all(store).length}`));
    const { durable } = put(store, 'a');
    await Promise.all([disk.let('EIO'), durable?.catch(() => notified.push('asked'))]);
    expect(notified).toEqual(['remembered 0', 'asked']);
    await store.close();
  });

  it('can be closed while it refuses', async () => {
    const disk = new Disk();
    const store = new LayeredStore(disk);
    put(store, 'a');
    await Promise.all([disk.let('EIO'), store.close()]);
  });
});

/** Whether this user may mount a small file system, and why not. */
function mountable(): string | undefined {
  if (process.platform !== 'linux') return 'small file systems are made on Linux only';
  const path = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'pipe' });
    execFileSync('umount', [path]);
    return undefined;
  } catch {
    return 'this user may not mount a file system';
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

const obstacle = mountable();

describe.skipIf(obstacle !== undefined)(`a store on a small disk${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  const mounted: string[] = [];
  const opened: Store[] = [];
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const store of opened.splice(0)) await store.close();
    for (const path of mounted.splice(0)) {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    }
  });
  const smallDisk = () => {
    const path = mkdtempSync(join(tmpdir(), 'small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]);
    mounted.push(path);
    return path;
  };
  const open = async (path: string) => {
    const store = await openStore({ path });
    opened.push(store);
    return store;
  };
  const fill = (disk: string) => {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
  };
  const write = async (store: Store, n: number) => {
    const { durable } = store.transact((tx) => {
      for (let i = 0; i < 10; i++) tx.put(bytes(`${n}-${i}`), Buffer.alloc(3000, n));
    });
    await durable;
  };

  it('refuses writes while that is full, serves, and takes them again when there is room', async () => {
    const disk = smallDisk();
    const store = await open(join(disk, 'data'));
    const acknowledged: number[] = [];
    let refused = 0;
    for (let n = 0; n < 100; n++) {
      if (n === 20 || n === 60) fill(disk);
      if (n === 40 || n === 80) rmSync(join(disk, 'filler'));
      try {
        await write(store, n);
        acknowledged.push(n);
      } catch (error) {
        expect((error as Error).message).toContain('because the disk is full');
        refused++;
      }
      const there = new Set(store.read((r) => [...r.range({})].map((e) => Number(`${e.key}`.split('-')[0]))).value);
      expect([...there].sort((a, b) => a - b)).toEqual(acknowledged);
    }
    expect(refused).toBeGreaterThan(10);
    await opened.pop()!.close();
    expect(all(await open(join(disk, 'data')))).toHaveLength(acknowledged.length * 10);
  });

  it('starts on a full one', async () => {
    const disk = smallDisk();
    const path = join(disk, 'data');
    const store = await openStore({ path });
    await write(store, 1);
    await store.close();
    fill(disk);
    const again = await open(path);
    expect(all(again)).toHaveLength(10);
    rmSync(join(disk, 'filler'));
    await write(again, 2);
  });

  it('says so where it has no room to begin', async () => {
    const disk = smallDisk();
    fill(disk);
    await expect(openStore({ path: join(disk, 'data') })).rejects.toThrow('because the disk is full');
  });

  it('leaves no half of a backup where that is full', async () => {
    const disk = smallDisk();
    const path = mkdtempSync(join(tmpdir(), 'store-'));
    try {
      const store = await open(path);
      await write(store, 1);
      fill(disk);
      const backup = join(disk, 'backup');
      await expect(store.backup(backup)).rejects.toThrow(`${backup} cannot be written, because the disk is full`);
      expect(readdirSync(disk)).toEqual(['filler']);
      rmSync(join(disk, 'filler'));
      await store.backup(backup);
      expect(existsSync(backup)).toBe(true);
      await write(store, 2);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('in memory, fails only to share its data while the temporary directory is full', async () => {
    const disk = smallDisk();
    vi.stubEnv('TMPDIR', disk);
    const store = await openStore({ memory: true });
    opened.push(store);
    put(store, 'a');
    fill(disk);
    await expect(store.share()).rejects.toThrow('because the disk is full');
    rmSync(join(disk, 'filler'));
    expect(existsSync(await store.share())).toBe(true);
    await write(store, 1);
    fill(disk);
    await expect(store.share()).rejects.toThrow('because the disk is full');
    expect(all(store)).toHaveLength(11);
    rmSync(join(disk, 'filler'));
    const reader = AttemptStore.open(await store.share());
    expect(all(reader)).toEqual(all(store));
    await reader.close();
  });
});
