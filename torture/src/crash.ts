import { withDirectory } from './directory.js';
import type { Counts, Run } from './kind.js';
import { command, type ServerName, startServer } from './server.js';
import { WORKLOADS, type Written } from './workload.js';

const WRITERS = 16;

/** Kills both servers in turn during many writes and checks that every acknowledged write is still there. */
export default async function crash(run: Run): Promise<Counts> {
  const counts = { rounds: 0, acknowledged: 0 };
  await withDirectory(async (directory) => {
    const written: Record<ServerName, Written[]> = { 'faunadb-server': [], 'core-server': [] };
    for (let round = 0; round === 0 || run.hasTime(); round++) {
      for (const name of ['faunadb-server', 'core-server'] as const) {
        const path = `${directory}/${name}`;
        counts.acknowledged += await killed(name, path, written[name], run);
        await lookedAt(name, path, written[name]);
        counts.rounds++;
        run.progress(`${counts.rounds} rounds, ${counts.acknowledged} acknowledged`);
      }
    }
  });
  return counts;
}

/** @returns how many writes were acknowledged before the server was killed */
async function killed(name: ServerName, path: string, written: Written[], run: Run): Promise<number> {
  const workload = WORKLOADS[name];
  const server = await startServer(name, path);
  await workload.prepare(server);
  const before = written.length;
  let next = before * 2;
  let isOver = false;
  const enough = 20 + Math.floor(run.random() * 300);
  await new Promise<void>((resolve, reject) => {
    const write = async () => {
      while (!isOver) {
        const n = next++;
        const { status, body, id } = await workload.write(server, n);
        if (id === undefined) throw new Error(`Write ${n} was answered ${status}: ${body}`);
        written.push({ id, n });
        if (written.length - before >= enough) resolve();
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
  return written.length - before;
}

async function lookedAt(name: ServerName, path: string, written: readonly Written[]): Promise<void> {
  const check = await command(name, ['check', '--data', path]);
  if (check.code !== '0') throw new Error(`After a crash check says: ${check.output}`);
  const workload = WORKLOADS[name];
  const server = await startServer(name, path);
  try {
    await workload.all(server);
    for (const { id, n } of written.slice(-400)) {
      const found = await workload.read(server, id);
      if (found.n !== n)
        throw new Error(`${name}: ${n} was acknowledged, and is answered ${found.status}: ${found.body}`);
    }
  } finally {
    await server.kill();
  }
}
