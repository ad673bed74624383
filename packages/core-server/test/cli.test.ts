import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSession, verifySession } from './cdi.js';
import { outcomeOf, runCli, urlOf } from './spawn.js';

describe('core-server', () => {
  it('lists its settings with --help', async () => {
    const { code, stdout } = await outcomeOf(runCli(['--help']));
    expect(code).toBe(0);
    expect(stdout).toContain('access_token_validity (ACCESS_TOKEN_VALIDITY, default 3600)');
    expect(stdout).toContain('--data <folder>');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops cleanly on %s, and finds its sessions and keys again',
    async (signal) => {
      const data = mkdtempSync(join(tmpdir(), 'core-cli-'));
      const args = ['--port', '0', '--host', '127.0.0.1', '--data', data];
      try {
        const first = runCli(args);
        const { access } = await createSession(await urlOf(first), 'ada');
        const ended = outcomeOf(first);
        first.kill(signal);
        expect((await ended).code).toBe(0);

        const second = runCli(args);
        expect((await verifySession(await urlOf(second), access)).status).toBe('OK');
        second.kill(signal);
        await once(second, 'exit');
      } finally {
        rmSync(data, { recursive: true, force: true });
      }
    },
  );

  it('logs no error when stopped before its first keys exist', async () => {
    const server = runCli(['--memory', '--port', '0', '--host', '127.0.0.1']);
    await urlOf(server);
    const ended = outcomeOf(server);
    server.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it.each<[string[], Record<string, string>, string]>([
    [['--port', 'many'], {}, 'It must be a number from 0 to 65535.'],
    [['--memory', '--data', 'x'], {}, "option '--memory' cannot be used with option '--data <folder>'"],
    [['--memory'], { ACCESS_TOKEN_VALIDITY: 'soon' }, "core-server: 'access_token_validity' must be of type long"],
    [
      ['--memory', '--config', '/no/such/config.yaml'],
      {},
      'cannot read the settings in /no/such/config.yaml: there is no such file',
    ],
    [
      ['--memory', '--host', '192.0.2.1', '--port', '0'],
      {},
      '192.0.2.1 is no address of this machine: give another --host.',
    ],
    [
      ['--memory', '--port', '0'],
      { INFO_LOG_PATH: tmpdir() },
      `'info_log_path' is ${tmpdir()}, which cannot be written, because it is a directory`,
    ],
  ])('%j with %j ends with one line that says why', async (args, env, message) => {
    const { code, stderr } = await outcomeOf(runCli(args, env));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('reports a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await outcomeOf(runCli(['--memory', '--host', '127.0.0.1', '--port', String(port)]));
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `core-server: Port ${port} of 127.0.0.1 is taken: stop what listens there, or give another --port.\n`,
    );
  });

  it('reports what is wrong with the data folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'core-cli-'));
    const [file, closed] = [join(folder, 'file'), join(folder, 'closed')];
    writeFileSync(file, '');
    const cases: [string, string][] = [
      [file, `The data directory ${file} cannot be used, because it or a part of its path is a file: give a directory`],
    ];
    // Nothing is closed to root.
    if (process.getuid?.() !== 0) {
      mkdirSync(closed, { mode: 0o500 });
      cases.push([closed, `The data directory ${closed} cannot be used, because this user has no permission for it`]);
    }
    const args = (data: string) => ['--host', '127.0.0.1', '--port', '0', '--data', data];
    const used = join(folder, 'used');
    const user = runCli(args(used));
    try {
      await urlOf(user);
      cases.push([used, `The data directory ${used} is in use by process ${user.pid}: stop it, or give another`]);
      for (const [data, message] of cases) {
        const { code, stderr } = await outcomeOf(runCli(args(data)));
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
        expect(stderr.trim().split('\n')).toHaveLength(1);
      }
    } finally {
      user.kill('SIGKILL');
      await once(user, 'close');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
