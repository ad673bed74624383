import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { withDirectory } from './directory.js';
import { type Counts, type Run, Skipped } from './kind.js';
import { type Server, type ServerName, startServer } from './server.js';
import { WORKLOADS, type Workload, type Written } from './workload.js';

const MEGABYTE = 2 ** 20;
const WRITERS = 8;
/** How many writes must be refused before room is made again. */
const REFUSED = 50;

/** Repeatedly fills the small disk that holds the data of both servers, and makes room again. */
export default async function diskFull(run: Run): Promise<Counts> {
  const counts = { rounds: 0, acknowledged: 0, refused: 0 };
  await withDirectory(async (directory) => {
    for (let round = 0; round === 0 || run.hasTime(); round++) {
      for (const name of ['faunadb-server', 'core-server'] as const) {
        await onSmallDisk(`${directory}/disk`, async (disk) => {
          const { acknowledged, refused } = await filledAndEmptied(name, disk, run);
          counts.acknowledged += acknowledged;
          counts.refused += refused;
        });
        counts.rounds++;
        run.progress(`${counts.rounds} rounds, ${counts.refused} refused`);
      }
    }
  });
  return counts;
}

/** Runs `work` with a file system of a few megabytes. @throws {Skipped} if none can be created */
export async function onSmallDisk(path: string, work: (disk: string) => Promise<void>): Promise<void> {
  if (process.platform !== 'linux') throw new Skipped('small file systems are made on Linux only');
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    throw new Skipped('this user may not mount a file system (root may)');
  }
  try {
    await work(path);
  } finally {
    execFileSync('umount', ['-l', path]);
  }
}

async function filledAndEmptied(name: ServerName, disk: string, run: Run) {
  const workload = WORKLOADS[name];
  const written: Written[] = [];
  const made: string[] = [];
  let next = 0;
  let refused = 0;
  const filler = `${disk}/filler`;
  const server = await startServer(name, `${disk}/data`);
  try {
    await workload.prepare(server);
    for (let times = 0; times < 2; times++) {
      await write(server, workload, 30 + Math.floor(run.random() * 50));
      fill(filler, disk);
      refused += await refusedWrites(server, workload);
      await readBack(server, workload, written);
      const what = await refusedStructure(server, workload, times);
      rmSync(filler);
      if (await workload.has(server, what)) throw new Error(`${name}: ${what} was refused, and is there.`);
      if ((await workload.make(server, what)) !== 200) throw new Error(`${name}: ${what} cannot be made again.`);
      if (!(await workload.has(server, what))) throw new Error(`${name}: ${what} was made, and is not there.`);
      made.push(what);
      // Without a restart, and at once.
      await write(server, workload, 10);
      await readBack(server, workload, written);
    }
  } finally {
    await server.kill();
  }
  const again = await startServer(name, `${disk}/data`);
  try {
    await readBack(again, workload, written);
    await workload.all(again, written);
    for (const what of made) {
      if (!(await workload.has(again, what))) throw new Error(`${name} lost ${what}.`);
    }
  } finally {
    await again.kill();
  }
  return { acknowledged: written.length, refused };

  async function write(to: Server, by: Workload, count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const n = next++;
      const { status, body, id } = await by.write(to, n);
      if (id === undefined) throw new Error(`${name}: with room on the disk a write was answered ${status}: ${body}`);
      written.push({ id, n });
    }
  }

  async function refusedWrites(to: Server, by: Workload): Promise<number> {
    let refused = 0;
    const writeOn = async () => {
      while (refused < REFUSED) if (!(await tryToWrite(to, by))) refused++;
    };
    await Promise.all(Array.from({ length: WRITERS }, writeOn));
    return refused;
  }

  /** @returns whether it was acknowledged */
  async function tryToWrite(to: Server, by: Workload): Promise<boolean> {
    const n = next++;
    const { status, body, id } = await by.write(to, n);
    if (id !== undefined) written.push({ id, n });
    else if (status !== 503 || !body.includes('the disk is full')) {
      throw new Error(`${name}: on a full disk a write was answered ${status}: ${body}`);
    }
    return id !== undefined;
  }

  /** @returns what could not be created. The first few may succeed, in the free space within the file. */
  async function refusedStructure(to: Server, by: Workload, times: number): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const what = `made-${times}-${tries}`;
      // Sent together with many others, for which a full disk has no room.
      const [status] = await Promise.all([
        by.make(to, what),
        ...Array.from({ length: 2 * WRITERS }, () => tryToWrite(to, by)),
      ]);
      if (status === 503) {
        if (await by.has(to, what)) throw new Error(`${name}: ${what} was refused, and is there.`);
        return what;
      }
      if (status !== 200) throw new Error(`${name}: on a full disk making ${what} was answered ${status}`);
      made.push(what);
    }
    throw new Error(`${name}: 200 things were made on a full disk.`);
  }

  async function readBack(from: Server, by: Workload, these: readonly Written[]): Promise<void> {
    for (const { id, n } of these) {
      const found = await by.read(from, id);
      if (found.n !== n)
        throw new Error(`${name}: ${n} was acknowledged, and is answered ${found.status}: ${found.body}`);
    }
  }
}

/** Uses up all free space. */
function fill(filler: string, disk: string): void {
  for (let size = MEGABYTE; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      const { bavail, bsize } = statfsSync(disk);
      if (bavail * bsize < size) break;
      try {
        writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}
