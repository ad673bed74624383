import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { withDirectory } from './directory.js';
import { type Counts, type Run, Skipped } from './kind.js';
import { type Server, type ServerName, startServer } from './server.js';
import { WORKLOADS, type Workload, type Written } from './workload.js';

const MEGABYTE = 2 ** 20;
const WRITERS = 8;
/** How many writes are refused before there is room again. */
const REFUSED = 50;

/** Fills the small disk that both servers keep their data on, and makes room again, many times. */
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

/** Runs `work` with a file system of a few megabytes. @throws {Skipped} where none can be made */
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
      await refusedStructure(server, workload, `made${times}`);
      rmSync(filler);
      if (await workload.has(server, `made${times}`)) throw new Error(`${name}: what was refused is there.`);
      if ((await workload.make(server, `made${times}`)) !== 200) throw new Error(`${name}: it cannot be made again.`);
      if (!(await workload.has(server, `made${times}`))) throw new Error(`${name}: what was made is not there.`);
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
    await workload.all(again);
    for (const what of ['made0', 'made1'])
      if (!(await workload.has(again, what))) throw new Error(`${name} lost ${what}.`);
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
    let told = 0;
    const writeOn = async () => {
      while (told < REFUSED) {
        const n = next++;
        const { status, body, id } = await by.write(to, n);
        if (id !== undefined) written.push({ id, n });
        else if (status === 503 && body.includes('the disk is full')) told++;
        else throw new Error(`${name}: on a full disk a write was answered ${status}: ${body}`);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, writeOn));
    return told;
  }

  async function refusedStructure(to: Server, by: Workload, what: string): Promise<void> {
    const status = await by.make(to, what);
    if (status !== 503) throw new Error(`${name}: on a full disk making ${what} was answered ${status}`);
    if (await by.has(to, what)) throw new Error(`${name}: ${what} was refused, and is there.`);
  }

  async function readBack(from: Server, by: Workload, these: readonly Written[]): Promise<void> {
    for (const { id, n } of these) {
      const found = await by.read(from, id);
      if (found.n !== n)
        throw new Error(`${name}: ${n} was acknowledged, and is answered ${found.status}: ${found.body}`);
    }
  }
}

/** Leaves nothing free. */
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
