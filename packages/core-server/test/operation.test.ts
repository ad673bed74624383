import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { type AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeCertificate } from '../../faunadb-server/test/certificate.js';
import { type CoreServer, type CoreServerOptions, createCoreServer } from '../src/index.js';
import { readTlsFiles } from '../src/tls-files.js';
import { ask, createSession, verifySession } from './cdi.js';
import { outcomeOf, runCli, urlOf } from './spawn.js';

let folder: string;
const running: CoreServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-server-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((core) => core.close()));
  rmSync(folder, { recursive: true, force: true });
});
const start = async (options: CoreServerOptions) => {
  const core = await createCoreServer({ host: '127.0.0.1', ...options });
  running.push(core);
  return core;
};

it('counts its answers for Prometheus by interface path only', async () => {
  const core = await start({ metricsPort: 0 });
  for (const path of ['/hello', '/appid-public/hello', '/no/such/path']) await fetch(core.url + path);
  const metrics = async () => (await fetch(`http://127.0.0.1:${core.metricsPort}/metrics`)).text();
  expect(await metrics()).toContain('supertokens_http_responses_total{route="/hello",method="GET",status="200"} 2');
  expect(await metrics()).toContain('supertokens_http_responses_total{route="other",method="GET",status="404"} 1');
  const tooLarge = { method: 'POST', body: 'x'.repeat(11 * 1024 * 1024) };
  await fetch(`${core.url}/recipe/session`, tooLarge).catch(() => {}); // the connection may be closed before all is sent
  expect(await metrics()).toContain('supertokens_http_responses_total{route="other",method="POST",status="413"} 1');
  expect((await fetch(`http://127.0.0.1:${core.metricsPort}/`)).status).toBe(404);
});

it('answers even if its logger throws', async () => {
  const fail = () => {
    throw new Error('the disk of the log is full');
  };
  const core = await start({ logger: { error: fail, warn: fail, debug: fail } });
  expect((await fetch(`${core.url}/hello`)).status).toBe(200);
  expect((await fetch(`${core.url}/hello`, { method: 'BREW' }).catch(() => undefined))?.status ?? 501).toBe(501);
  expect((await fetch(`${core.url}/hello`)).status).toBe(200);
});

it("logs each answer at level debug with the client's request id, and no request content", async () => {
  const lines: { fields: object; message: string }[] = [];
  const note = (fields: object, message: string) => lines.push({ fields, message });
  const core = await start({ logger: { error: note, debug: note } });
  const sent = await fetch(`${core.url}/recipe/session/remove`, {
    method: 'POST',
    headers: { 'x-request-id': 'request-1' },
    body: JSON.stringify({ userId: 'secret' }),
  });
  expect(sent.headers.get('x-request-id')).toBe('request-1');
  expect(lines).toEqual([
    {
      message: 'answered',
      fields: {
        requestId: 'request-1',
        method: 'POST',
        route: '/recipe/session/remove',
        app: 'public',
        tenant: 'public',
        status: 200,
        duration: expect.any(Number),
        bytesIn: 19,
        bytesOut: expect.any(Number),
      },
    },
  ]);
  const other = await fetch(`${core.url}/hello`, { headers: { 'x-request-id': 'with space' } });
  expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('speaks TLS', async ({ skip }) => {
  const files = await makeCertificate(folder);
  if (!files) return skip('openssl is not to be had here, which makes the certificate');
  const core = await start({ tls: await readTlsFiles(files.cert, files.key) });
  expect(core.url).toMatch(/^https:/);
  const [response] = await once(get(`${core.url}/hello`, { rejectUnauthorized: false }), 'response');
  expect(response.statusCode).toBe(200);
  response.resume();

  const other = join(folder, 'other');
  mkdirSync(other);
  const strangers = await makeCertificate(other);
  const none = join(folder, 'none.pem');
  writeFileSync(none, 'no certificate');
  await expect(readTlsFiles(none, files.key)).rejects.toThrow(`${none} does not contain a certificate`);
  await expect(readTlsFiles(files.cert, none)).rejects.toThrow(`${none} does not contain a private key`);
  await expect(readTlsFiles(files.cert, String(strangers?.key))).rejects.toThrow('give a matching pair');
  await expect(readTlsFiles(join(folder, 'missing'), none)).rejects.toThrow(/^The certificate .* cannot be read/);
});

// Five processes are started one after the other, which a busy machine takes long for.
it('backs up while it serves, and is restored', { timeout: 120_000 }, async () => {
  const [data, restored, file, other] = ['data', 'restored', 'file', 'other'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  const args = (directory: string) => ['--port', '0', '--host', '127.0.0.1', '--data', directory];
  const first = runCli(args(data));
  try {
    const url = await urlOf(first);
    const { access } = await createSession(url, 'ada');
    expect(await outcomeOf(runCli(['backup', file, '--data', data]))).toMatchObject({ code: 0, stderr: '' });
    await createSession(url, 'later');
    const again = await outcomeOf(runCli(['backup', file, '--data', data]));
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^core-server: .* exists already: .*\n$/) });

    expect(await outcomeOf(runCli(['restore', file, '--data', restored]))).toMatchObject({ code: 0, stderr: '' });
    const second = await start({ dataDirectory: restored });
    expect((await verifySession(second.url, access)).status).toBe('OK');
    expect((await ask(second.url, 'GET', '/recipe/session/user?userId=later')).sessionHandles).toEqual([]);
    await second.backup(other);
    await expect(second.backup(other)).rejects.toThrow('exists already');
    const taken = await outcomeOf(runCli(['restore', other, '--data', data]));
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by process') });
  } finally {
    first.kill('SIGKILL');
    await once(first, 'close');
  }
});

it.each([
  [['--memory', '--tls-cert', 'x'], 'give --tls-cert and --tls-key together.'],
  [['bakcup', 'x'], 'there is no command "bakcup"'],
  [['backup', 'x', '--data', '/no/such/folder'], '/no/such/folder holds no data'],
  [['restore', '/no/such/file', '--data', 'x'], 'There is no backup /no/such/file'],
])('%j ends with one line that says why', async (args, message) => {
  const { code, stderr } = await outcomeOf(runCli(args));
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('goes on when the system cannot hand over a connection', async () => {
  const logged: unknown[] = [];
  const logger = { error: (fields: object) => void logged.push(fields) };
  const { url, port } = await start({ logger });
  failToAccept(port);
  expect((await fetch(`${url}/hello`)).status).toBe(200);
  expect(logged).toHaveLength(1);
});

/** Has a listening server of this process fail as when the system has no descriptor for the next connection. */
function failToAccept(port: number): void {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] };
  const servers = handles.call(process).filter((handle) => handle instanceof Server);
  const server = servers.find((each) => (each.address() as AddressInfo | null)?.port === port) as Server;
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
}
