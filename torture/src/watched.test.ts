import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { watched } from './watched.js';

const run = (program: string, ...options: string[]) =>
  spawn(process.execPath, [...options, '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });

it('lets a process run until it is ended', async () => {
  const child = run('console.log("ready"); setInterval(() => {}, 1000)');
  const process = watched(child, 'it');
  await once(child.stdout, 'data');
  expect(process.ended).toBeUndefined();
  await process.end();
  expect([process.ended, process.output]).toEqual(['SIGKILL', 'ready\n']);
  await process.end();
});

it.each([
  ['an exception', 'setTimeout(() => { throw new Error("oops") })', /oops/],
  ['a rejection', 'Promise.reject(new Error("oops"))', /oops/],
  ['its own exit', 'process.exit(0)', /ended by itself, by code 0/],
  ['a signal', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1000)', /ended by itself, by SIGTERM/],
])('reports a process that was ended by %s', async (_, program, how) => {
  const child = run(program);
  const process = watched(child, 'it');
  await once(child, 'close');
  await expect(process.end()).rejects.toThrow(how);
});

it('reports a rejection that the process has survived', async () => {
  const child = run('Promise.reject(new Error("oops")); setInterval(() => {}, 1000)', '--unhandled-rejections=warn');
  const process = watched(child, 'it');
  await once(child.stderr, 'data');
  await expect(process.end()).rejects.toThrow('nobody caught');
});
