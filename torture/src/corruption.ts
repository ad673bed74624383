import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { withDirectory } from './directory.js';
import type { Counts, Run } from './kind.js';
import { command, type Server, type ServerName, ServerRefused, startServer } from './server.js';
import { WORKLOADS, type Written } from './workload.js';

const WRITES = 300;

/** Damages the data of both servers and checks that no answer is wrong and no request hangs. */
export default async function corruption(run: Run): Promise<Counts> {
  const counts = { rounds: 0, refused: 0, reported: 0, whole: 0, 'ended by a signal': 0 };
  await withDirectory(async (directory) => {
    const data = {} as Record<ServerName, { file: string; written: Written[] }>;
    for (const name of ['faunadb-server', 'core-server'] as const)
      data[name] = await filled(name, `${directory}/${name}`);
    for (let round = 0; round === 0 || run.hasTime(); round++) {
      for (const name of ['faunadb-server', 'core-server'] as const) {
        const { file, written } = data[name];
        const path = `${directory}/damaged`;
        mkdirSync(path);
        const isCut = damage(file, `${path}/data.mdb`, run.random);
        const check = await command(name, ['check', '--data', path]);
        if (!['0', '1'].includes(check.code)) throw new Error(`${name} check ended by ${check.code}: ${check.output}`);
        const what = await served(name, path, written, check.code === '0');
        if (isCut && what !== 'refused' && check.code !== '0') throw new Error(`${name} serves what is cut short.`);
        counts[what]++;
        counts.rounds++;
        run.progress(`${counts.rounds} rounds`);
        rmSync(path, { recursive: true });
      }
    }
  });
  return counts;
}

async function filled(name: ServerName, path: string): Promise<{ file: string; written: Written[] }> {
  const server = await startServer(name, path);
  const written: Written[] = [];
  try {
    await WORKLOADS[name].prepare(server);
    for (let n = 0; n < WRITES; n++) {
      const { id, status, body } = await WORKLOADS[name].write(server, n);
      if (id === undefined) throw new Error(`Write ${n} was answered ${status}: ${body}`);
      written.push({ id, n });
    }
  } finally {
    await server.kill();
  }
  const file = `${path}.mdb`;
  copyFileSync(`${path}/data.mdb`, file);
  return { file, written };
}

/** Flips a few bits or truncates the file. @returns whether it truncated */
function damage(from: string, to: string, random: () => number): boolean {
  const content = readFileSync(from);
  const below = (limit: number) => Math.floor(random() * limit);
  if (random() < 0.2) {
    writeFileSync(to, content.subarray(0, below(content.length)));
    return true;
  }
  for (let left = 1 + below(8); left > 0; left--) content[below(content.length)]! ^= 1 << below(8);
  writeFileSync(to, content);
  return false;
}

/** Reads everything. Throws if an answer is wrong. */
async function served(
  name: ServerName,
  path: string,
  written: readonly Written[],
  isWhole: boolean,
): Promise<'refused' | 'reported' | 'whole' | 'ended by a signal'> {
  let server: Server;
  try {
    // Damage in the file may end the process by a signal.
    server = await startServer(name, path, [], { mayEnd: true });
  } catch (error) {
    if (!(error instanceof ServerRefused)) throw error;
    if (error.how !== 'code 1') throw new Error(`${name} ended by ${error.how} where it should have refused.`);
    if (!/damaged|neither a backup/.test(error.message)) throw error;
    return 'refused';
  }
  let wrong = 0;
  try {
    for (const { id, n } of written) {
      const found = await WORKLOADS[name].read(server, id);
      if (found.n !== undefined && found.n !== n) throw new Error(`${name} serves ${found.n} for ${n}.`);
      if (found.n === undefined) {
        if (isWhole) throw new Error(`${name} does not find ${n}, though check found nothing damaged: ${found.body}`);
        wrong++;
      }
    }
    if (!isWhole) await WORKLOADS[name].all(server, written).catch(() => {});
  } catch (error) {
    if (server.ended !== undefined) return 'ended by a signal';
    throw error;
  } finally {
    await server.kill();
  }
  return wrong > 0 ? 'reported' : 'whole';
}
