import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { lockDirectory } from './lock.js';

const children: ChildProcess[] = [];
const directories: string[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'lock-'));
  directories.push(path);
  return path;
}

const answerOf = async (child: ChildProcess) => (await once(child, 'message'))[0] as string;

async function contender(): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('lock.race.ts', import.meta.url));
  const child = fork(program, { execArgv: ['--import', 'tsx'] });
  children.push(child);
  await answerOf(child);
  return child;
}

async function ask(child: ChildProcess, message: object): Promise<string> {
  const answer = answerOf(child);
  child.send(message);
  return answer;
}

it('is taken by one of two processes that try at the same time, also where another has left its file', async () => {
  const contenders = await Promise.all([contender(), contender()]);
  const path = directory();
  const winners: number[] = [];
  for (let round = 0; round < 400; round++) {
    const fresh = round % 4 === 0 ? directory() : path;
    if (round % 4 === 1) writeFileSync(join(fresh, 'process.lock'), '4194305 somewhere\n');
    const at = Date.now() + 3;
    const answers = await Promise.all(contenders.map((child) => ask(child, { directory: fresh, at })));
    winners.push(answers.filter((answer) => answer === 'taken').length);
    expect(answers.find((answer) => answer !== 'taken')).toContain(`The data directory ${fresh} is in use by`);
    await Promise.all(contenders.map((child) => ask(child, {})));
  }
  expect(winners.every((count) => count === 1)).toBe(true);
});

it('ends with its process, however that ends, and names who holds it', async () => {
  const path = directory();
  const holder = await contender();
  expect(await ask(holder, { directory: path, at: 0 })).toBe('taken');
  await expect(lockDirectory(path)).rejects.toThrow(
    `The data directory ${path} is in use by process ${holder.pid}: stop it, or give another directory.`,
  );
  holder.kill('SIGKILL');
  await once(holder, 'close');
  const release = await lockDirectory(path);
  await expect(lockDirectory(path)).rejects.toThrow(`in use by process ${process.pid}`);
  await release();
  await (await lockDirectory(path))();
});
