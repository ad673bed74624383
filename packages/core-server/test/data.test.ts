import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createCoreServer } from '../src/index.js';
import { ask, createSession, refreshSession } from './cdi.js';
import { outcomeOf, runCli } from './spawn.js';

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'core-data-'));
  directories.push(path);
  return path;
}

async function served(data: string): Promise<void> {
  const server = await createCoreServer({ dataDirectory: data });
  for (let n = 0; n < 20; n++) {
    const session = await createSession(server.url, `user-${n}`);
    if (n % 2 === 0) await refreshSession(server.url, session.refresh);
  }
  await server.close();
}

const run = (...args: string[]) => outcomeOf(runCli(args));

describe('the commands on data', () => {
  it('check, back up and restore', { timeout: 120_000 }, async () => {
    const [data, restored, backup] = [directory(), join(directory(), 'restored'), join(directory(), 'backup')];
    await served(data);
    expect(await run('check', '--data', data)).toMatchObject({ code: 0, stdout: `${data} is whole.\n` });
    expect(await run('backup', backup, '--data', data)).toMatchObject({ code: 0 });
    expect(await run('restore', backup, '--data', restored)).toMatchObject({ code: 0 });
    expect(await run('check', '--data', restored)).toMatchObject({ code: 0 });

    const file = join(data, 'data.mdb');
    const content = readFileSync(file);
    // Wherever it stands, for some of these pages are not in use any more.
    for (let at = content.indexOf('user-7'); at >= 0; at = content.indexOf('user-7', at + 1)) content[at + 2]! ^= 1;
    writeFileSync(file, content);
    const damaged = await run('check', '--data', data);
    expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('restore it from a backup') });
    expect(damaged.stdout).toMatch(/is not what was written|not in order/);

    truncateSync(file, 4 * 4096);
    expect(await run('check', '--data', data)).toMatchObject({ code: 1, stdout: expect.stringContaining('cut short') });
    const started = await run('--port', '0', '--data', data);
    expect(started).toMatchObject({ code: 1, stderr: expect.stringContaining('The data are damaged') });
  });

  it('report wrong arguments', { timeout: 60_000 }, async () => {
    const empty = directory();
    expect(await run('check', '--data', empty)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${empty} holds no data`),
    });
  });
});

it('answers that data are damaged when it reads damaged data', async () => {
  const data = directory();
  const first = await createCoreServer({ dataDirectory: data });
  const session = await createSession(first.url, 'somebody-of-whom-more-is-kept');
  await first.close();
  const file = join(data, 'data.mdb');
  const content = readFileSync(file);
  content[content.lastIndexOf('["somebody-of-whom') + 5]! ^= 1;
  writeFileSync(file, content);
  const reported: unknown[] = [];
  const server = await createCoreServer({ dataDirectory: data, logger: { error: (fields) => reported.push(fields) } });
  try {
    const answer = ask(server.url, 'GET', `/recipe/session?sessionHandle=${session.handle}`);
    await expect(answer).rejects.toThrow(': 500 The data are damaged');
    expect(reported).toHaveLength(1);
    expect((await createSession(server.url, 'somebody-else')).handle).toBeTruthy();
  } finally {
    await server.close();
  }
});
