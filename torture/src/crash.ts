import { withDirectory } from './directory.js';
import type { Counts, Run } from './kind.js';
import { command, type ServerName, startServer } from './server.js';
import { WORKLOADS, type Written } from './workload.js';

const WRITERS = 16;

/** The data begin anew after this many rounds, since each of them reads everything back. */
const ROUNDS_A_FOLDER = 30;

/** Kills both servers during many writes, again and again, and checks that every acknowledged write is still there. */
export default async function crash(run: Run): Promise<Counts> {
  const counts = { rounds: 0, acknowledged: 0 };
  const crashOne = async (name: ServerName) => {
    do {
      await withDirectory(async (directory) => {
        const written: Acknowledged = { writes: [], unknown: new Set() };
        for (let round = 0; round === 0 || (round < ROUNDS_A_FOLDER && run.hasTime()); round++) {
          counts.acknowledged += await killed(name, directory, written, run);
          await lookedAt(name, directory, written);
          counts.rounds++;
          run.progress(`${counts.rounds} rounds, ${counts.acknowledged} acknowledged`);
        }
      });
    } while (run.hasTime());
  };
  await Promise.all([crashOne('faunadb-server'), crashOne('core-server')]);
  return counts;
}

/** What a server has acknowledged, over all rounds, and the numbers whose writes it was killed at. */
interface Acknowledged {
  readonly writes: Written[];
  readonly unknown: Set<number>;
}

/** @returns how many writes were acknowledged before the server was killed */
async function killed(name: ServerName, path: string, { writes, unknown }: Acknowledged, run: Run): Promise<number> {
  const workload = WORKLOADS[name];
  const server = await startServer(name, path);
  await workload.prepare(server);
  const before = writes.length;
  let next = before * 2;
  let isOver = false;
  const enough = 20 + Math.floor(run.random() * 300);
  await new Promise<void>((resolve, reject) => {
    const write = async () => {
      while (!isOver) {
        const n = next++;
        unknown.add(n);
        const { status, body, id } = await workload.write(server, n);
        if (id === undefined) throw new Error(`Write ${n} was answered ${status}: ${body}`);
        unknown.delete(n);
        writes.push({ id, n });
        if (writes.length - before >= enough) resolve();
      }
    };
    for (let writer = 0; writer < WRITERS; writer++) {
      write().catch((error) => {
        if (!isOver) reject(error); // else the kill closed the connection
      });
    }
  });
  isOver = true;
  await server.kill();
  return writes.length - before;
}

async function lookedAt(name: ServerName, path: string, { writes, unknown }: Acknowledged): Promise<void> {
  const check = await command(name, ['check', '--data', path]);
  if (check.code !== '0') throw new Error(`After a crash check says: ${check.output}`);
  const server = await startServer(name, path);
  try {
    await WORKLOADS[name].all(server, writes, unknown);
  } finally {
    await server.kill();
  }
}
