import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { get as getHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeCertificate } from '../../test/certificate.js';
import { secretFrom } from './arguments.js';
import { exportDatabase } from './export.js';
import { importDatabase } from './import.js';
import { Remote } from './remote.js';
import { type ServeOptions, serve } from './serve.js';

const program = fileURLToPath(new URL('../cli.ts', import.meta.url));
const children: ChildProcess[] = [];
const directories: string[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function certificateIn(path: string) {
  mkdirSync(path);
  return makeCertificate(path);
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'faunadb-server-'));
  directories.push(path);
  return path;
}

function launch(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { FAUNADB_ROOT_KEY: _, FAUNADB_SECRET: __, ...inherited } = process.env;
  const child = fork(program, args, {
    execArgv: ['--conditions', 'source', '--import', 'tsx'],
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env: { ...inherited, ...env },
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    output.out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    output.err += text;
  });
  return { child, output };
}

/** Runs a command until it ends. */
async function run(args: string[], env: NodeJS.ProcessEnv = {}, input?: string) {
  const { child, output } = launch(args, env);
  child.stdin!.end(input);
  const [code] = await once(child, 'close');
  return { code, ...output };
}

/** Starts a server and waits until it reports its address. */
async function start(args: string[], env: NodeJS.ProcessEnv = { FAUNADB_ROOT_KEY: 'root' }) {
  const { child, output } = launch(['--port', '0', ...args], env);
  for (;;) {
    const url = /ready at (\S+) /.exec(output.out)?.[1];
    if (url) return { child, output, url };
    const [exited] = await Promise.race([
      once(child.stdout!, 'data').then(() => [undefined]),
      once(child, 'close').then(() => [true]),
    ]);
    if (exited) throw new Error(`the server ended: ${output.err}`);
  }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') {
  child.kill(signal);
  return (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
}

async function query(url: string, fql: unknown, secret = 'root') {
  const headers = { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(fql) });
  const { resource, errors } = (await response.json()) as { resource: unknown; errors: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return resource;
}

async function query10(url: string, fql: string): Promise<unknown> {
  const response = await fetch(`${url}/query/1`, {
    method: 'POST',
    headers: { authorization: 'Bearer root' },
    body: JSON.stringify({ query: fql }),
  });
  const { data, error } = (await response.json()) as { data: unknown; error: unknown };
  if (error) throw new Error(JSON.stringify(error));
  return data;
}

const things = { collection: 'things' };
const createThing = (n: number) => ({
  create: { ref: things, id: String(n) },
  params: { object: { data: { object: { n } } } },
});
const allThings = {
  map: { lambda: 'ref', expr: { select: ['data', 'n'], from: { get: { var: 'ref' } } } },
  collection: { paginate: { documents: things }, size: 1000 },
};

describe('faunadb-server', { timeout: 120_000 }, () => {
  it('accepts a short root key with a warning that does not contain it', async () => {
    const { child, output } = await start(['--memory'], { FAUNADB_ROOT_KEY: 'q' });
    expect(await stop(child)).toEqual([0, null]);
    const [warning] = output.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(warning).toMatchObject({ level: 40, characters: 1, source: 'FAUNADB_ROOT_KEY' });
  });

  it('keeps its data from one start to the next, and stops cleanly when asked', async () => {
    const data = directory();
    const first = await start(['--data', data]);
    await query(first.url, { create_collection: { object: { name: 'things' } } });
    await query(first.url, createThing(1));
    expect(await stop(first.child)).toEqual([0, null]);
    const second = await start(['--data', data]);
    expect(await query(second.url, allThings)).toEqual({ data: [1] });
    const third = await run(['--port', '0', '--data', data], { FAUNADB_ROOT_KEY: 'root' });
    expect(third).toMatchObject({ code: 1, out: '' });
    expect(third.err).toContain(`${data} is in use by process ${second.child.pid}`);
    expect(await stop(second.child, 'SIGINT')).toEqual([0, null]);
  });

  it('loses nothing that it acknowledged when it is killed', async () => {
    const data = directory();
    const { child, url } = await start(['--data', data]);
    await query(url, { create_collection: { object: { name: 'things' } } });
    const acknowledged: number[] = [];
    let next = 1;
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        const n = next++;
        await query(url, createThing(n));
        acknowledged.push(n);
        if (acknowledged.length === 100) child.kill('SIGKILL');
      }
    });
    await Promise.allSettled(clients);
    const again = await start(['--data', data]);
    const { data: found } = (await query(again.url, allThings)) as { data: number[] };
    expect(found).toEqual(expect.arrayContaining(acknowledged));
  });

  it('makes a root key that only its owner can read, and refuses one that others can', async () => {
    const data = directory();
    const { child, output, url } = await start(['--data', data], {});
    const file = join(data, 'root-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file, 'utf8').trim();
    expect(await query(url, { add: [1, 1] }, key)).toBe(2);
    expect(output.out + output.err).not.toContain(key);
    await stop(child);
    chmodSync(file, 0o644);
    expect((await run(['--data', data])).err).toContain(`run "chmod 600 ${file}"`);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await run(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('says in one sentence what is wrong with an option', async () => {
    const file = join(directory(), 'file');
    writeFileSync(file, 'no certificate');
    const memory = ['--memory', '--port', '0'];
    const root = { FAUNADB_ROOT_KEY: 'a-root-key-that-is-long-enough' };
    const taken = await start(['--memory']);
    const faults: [string[], NodeJS.ProcessEnv, RegExp][] = [
      [['--nonsense'], root, /unknown option '--nonsense'/],
      [['backpu', 'x'], root, /There is no command "backpu": expected backup/],
      [['--port', '65536'], root, /'--port <number>' argument '65536' is invalid. Expected a port from 0 to 65535/],
      [['--query-timeout', 'soon'], root, /Expected a number of milliseconds/],
      [['--log-level', 'loud'], root, /Allowed choices are silent/],
      [[...memory, '--data', 'x'], root, /either --memory or --data/],
      [memory, {}, /set FAUNADB_ROOT_KEY or give --root-key-file/],
      [memory, { FAUNADB_ROOT_KEY: 'a:b' }, /FAUNADB_ROOT_KEY must hold one word/],
      [[...memory, '--tls-cert', file], root, /--tls-cert and --tls-key together/],
      [
        [...memory, '--tls-cert', file, '--tls-key', file],
        root,
        /The file \S+ does not contain a certificate: --tls-cert takes/,
      ],
      [['--memory', '--port', new URL(taken.url).port], root, /is taken: stop what listens there/],
      [[...memory, '--host', '192.0.2.1'], root, /192.0.2.1 is no address of this machine/],
      [['--memory', '--port', '0', '--metrics-port', new URL(taken.url).port], root, /give another --metrics-port/],
      [['--port', '0', '--data', join(file, 'x')], root, /The data directory \S+ cannot be used/],
    ];
    await Promise.all(
      faults.map(async ([args, env, output]) => {
        const { code, out, err } = await run(args, env);
        expect([code, out], args.join(' ')).toEqual([1, '']);
        expect(err).toMatch(output);
        expect(err.trim().split('\n')).toHaveLength(1);
      }),
    );
  });

  it('says in one sentence what is wrong with a file', async () => {
    const folder = directory();
    const [file, link, missing] = [join(folder, 'file'), join(folder, 'link'), join(folder, 'missing')];
    writeFileSync(file, 'something else');
    symlinkSync(join(folder, 'nowhere'), link);
    vi.stubEnv('FAUNADB_ROOT_KEY', undefined);
    const options = {
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
      queryTimeout: 1,
      maxBodySize: 1,
      maxConnections: 1,
    };
    const serving = (given: Partial<ServeOptions>) => () => serve({ ...options, memory: true, ...given });
    const certified = (tlsCert: string, tlsKey: string) => () => {
      vi.stubEnv('FAUNADB_ROOT_KEY', 'root');
      return serve({ ...options, memory: true, tlsCert, tlsKey });
    };
    const remote = new Remote('http://127.0.0.1:1', 'x');
    const isFile = 'because it or a part of its path is a file';
    const isDirectory = 'because it is a directory';
    const isNone = 'because there is no such file or directory';
    const mayWrite = 'in a directory that this user may write to.';
    const faults: [() => unknown, string][] = [
      [
        () => serve({ ...options, data: file }),
        `The data directory ${file} cannot be used, ${isFile}: give a directory`,
      ],
      [serving({ rootKeyFile: folder }), `The root key's file ${folder} is a directory: give a file in it.`],
      [
        serving({ rootKeyFile: join(file, 'x') }),
        `The root key's file ${file}/x cannot be made, ${isFile}: give one ${mayWrite}`,
      ],
      // Node's recursive mkdir tries this forever.
      [
        serving({ rootKeyFile: join(link, 'x', 'y') }),
        `The root key's file ${link}/x/y cannot be made, ${isNone}: give one`,
      ],
      [certified(missing, file), `The certificate ${missing} cannot be read, ${isNone}: give a file`],
      [certified(file, folder), `The private key ${folder} cannot be read, ${isDirectory}: give a file`],
      [certified(file, file), `The file ${file} does not contain a certificate: --tls-cert takes a chain in PEM.`],
      [() => secretFrom(missing), `The secret's file ${missing} cannot be read, ${isNone}: give a file`],
      [() => importDatabase(remote, missing), `${missing} cannot be read, ${isNone}: give a file that an export`],
      [() => importDatabase(remote, folder), `${folder} cannot be read, ${isDirectory}: give a file that an export`],
      [
        () => importDatabase(remote, file),
        `Line 1 of ${file} is not JSON or is cut short: expected a complete export.`,
      ],
      [() => exportDatabase(remote, file), `${file} exists already: an export overwrites nothing.`],
      [
        () => exportDatabase(remote, join(file, 'x')),
        `${file}/x cannot be written, ${isFile}: give a new file ${mayWrite}`,
      ],
    ];
    const [one, two] = await Promise.all(['one', 'two'].map((name) => certificateIn(join(folder, name))));
    if (one && two) {
      faults.push(
        [certified(one.cert, file), `The file ${file} does not contain a private key: --tls-key takes one in PEM`],
        [certified(one.cert, two.key), `The private key ${two.key} does not match the certificate ${one.cert}: give`],
      );
    }
    for (const [attempt, output] of faults) {
      await expect(Promise.resolve().then(attempt), output).rejects.toThrow(output);
    }
  });

  it('reports a server that is not FaunaDB, and leaves no partial export', async () => {
    const file = join(directory(), 'export');
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const output = await run(['export', file, '--url', `http://127.0.0.1:${port}`], { FAUNADB_SECRET: 'x' });
    other.close();
    expect(output).toMatchObject({ code: 1, out: '' });
    expect(output.err).toBe(
      `error: http://127.0.0.1:${port} does not answer as FaunaDB does (status 200): correct --url.\n`,
    );
    expect(existsSync(file)).toBe(false);
    const gone = await run(['export', file, '--url', `http://127.0.0.1:${port}`], { FAUNADB_SECRET: 'x' });
    expect(gone.err).toMatch(/does not answer \(.*ECONNREFUSED.*\): start the server, or give its address by --url/);
  });

  it('is backed up while it serves, and restored', async () => {
    const [data, restored] = [directory(), directory()];
    const file = join(directory(), 'backup');
    const { url } = await start(['--data', data]);
    await query(url, { create_collection: { object: { name: 'things' } } });
    await query(url, createThing(1));
    expect(await run(['backup', file, '--data', data])).toMatchObject({ code: 0, err: '' });
    await query(url, createThing(2));
    expect((await run(['backup', file, '--data', data])).err).toContain('exists already');
    expect(await run(['restore', file, '--data', restored])).toMatchObject({ code: 0, err: '' });
    expect((await run(['restore', file, '--data', data])).err).toContain('is in use by process');
    const again = await start(['--data', restored]);
    expect(await query(again.url, allThings)).toEqual({ data: [1] });
  });

  it('moves a database to another server as JSON Lines, to the last digit', async () => {
    const [from, to] = [await start(['--memory']), await start(['--memory'])];
    const name = (n: string) => ({ name: n });
    for (const fql of [
      { create_collection: { object: { ...name('things'), history_days: 3 } } },
      {
        create_index: {
          object: { ...name('by_n'), source: things, terms: { object: { field: ['data', 'n'] } }, unique: true },
        },
      },
      {
        create_role: {
          object: {
            ...name('reader'),
            privileges: { object: { resource: things, actions: { object: { read: true } } } },
          },
        },
      },
      {
        create_function: {
          object: {
            ...name('twice'),
            body: { query: { lambda: 'x', expr: { multiply: [{ var: 'x' }, 2] } } },
            role: { role: 'reader' },
          },
        },
      },
    ]) {
      await query(from.url, fql);
    }
    await query(from.url, { do: Array.from({ length: 250 }, (_, i) => createThing(i + 1)) });
    const exact = '{"big":9007199254740993,"double":1.0,"at":{"@ts":"2020-01-01T00:00:00.000000001Z"}}';
    await fetch(from.url, {
      method: 'POST',
      headers: { authorization: 'Bearer root' },
      body: `{"create":{"ref":{"collection":"things"},"id":"999"},"params":{"object":{"data":{"object":${exact}}}}}`,
    });
    const exported = await run(['export', '--url', from.url], { FAUNADB_SECRET: 'root' });
    expect(exported).toMatchObject({ code: 0, err: 'Exported 251 documents of 1 collection.\n' });
    expect(exported.out).toContain(exact);
    for (const kept of [0, 4]) {
      const imported = await run(['import', '--url', to.url], { FAUNADB_SECRET: 'root' }, exported.out);
      expect(imported.err).toBe(`Imported ${4 - kept} schema documents (${kept} already existed) and 251 documents.\n`);
    }
    const again = await run(['export', '--url', to.url], { FAUNADB_SECRET: 'root' });
    expect(again.out).toContain(exact);
    const resources = (text: string) =>
      new Map(
        text
          .match(/.*"resource".*/g)!
          .map((line) => [/"ref":(.*?),"ts"/.exec(line)![1], { ...JSON.parse(line).resource, ts: 0 }]),
      );
    expect(resources(again.out)).toEqual(resources(exported.out));
    expect(await query(to.url, { call: 'twice', arguments: 21 })).toBe(42);
    expect((await run(['import', '--url', to.url], { FAUNADB_SECRET: 'root' }, '{}\n')).err).toContain(
      'Line 1 of standard input is not part of',
    );
    expect((await run(['export', '--url', to.url], { FAUNADB_SECRET: 'wrong' })).err).toContain(
      'does not know the secret',
    );
  });

  it('moves a schema of FQL v10 as well', async () => {
    const [from, to] = [await start(['--memory']), await start(['--memory'])];
    const text = `// people
collection User {
  name: String
  age: Int = 18
  compute isAdult: Boolean = (.age >= 18)
  index byName { terms [.name] }
}
function hello(name: String): String { "Hello ".concat(name) }
role reader { privileges User { read } }
`;
    await new Remote(from.url, 'root').sendSchema('update', [{ name: 'main.fsl', text }]);
    await query(from.url, {
      create: { ref: { collection: 'User' }, id: '1' },
      params: { object: { data: { object: { name: 'Ada', age: 36 } } } },
    });
    const { out } = await run(['export', '--url', from.url], { FAUNADB_SECRET: 'root' });
    for (const _ of ['first', 'again']) {
      const imported = await run(['import', '--url', to.url], { FAUNADB_SECRET: 'root' }, out);
      expect(imported).toMatchObject({ code: 0 });
    }
    expect(await new Remote(to.url, 'root').schemaFiles()).toEqual([{ name: 'main.fsl', text }]);
    expect(await query10(to.url, 'hello(User.byName("Ada").first()!.name)')).toBe('Hello Ada');
    await query10(to.url, 'Function.create({ name: "other", body: "() => 1" }).name');
    const refused = await run(['import', '--url', to.url], { FAUNADB_SECRET: 'root' }, out);
    expect(refused.err).toContain('* Removing function `other`');
    expect(await query10(to.url, 'other()')).toBe(1);
  });

  it('neither exports nor imports while a schema is staged', async () => {
    const { url } = await start(['--memory']);
    const remote = new Remote(url, 'root');
    const push = (text: string, endpoint = 'update') => remote.sendSchema(endpoint, [{ name: 'main.fsl', text }]);
    await push('collection A { n: Int }\ncollection Gone {}');
    const env = { FAUNADB_SECRET: 'root' };
    const { out } = await run(['export', '--url', url], env);
    await push('collection A { m: Int = 0 }', 'update?staged=true');
    const file = join(directory(), 'export.jsonl');
    const exported = await run(['export', file, '--url', url], env);
    expect(exported).toMatchObject({ code: 1, out: '' });
    expect(exported.err).toContain('A schema is staged in this database: commit or abandon it first');
    expect(existsSync(file)).toBe(false);
    const imported = await run(['import', '--url', url], env, out);
    expect(imported).toMatchObject({ code: 1, out: '' });
    expect(imported.err).toContain('A schema is staged in this database: commit or abandon it first');
    expect(await remote.isStaged()).toBe(true);
  });

  it('pushes a directory of schema files, again when they change, and keeps serving when one is wrong', async () => {
    const schema = directory();
    const write = (text: string) => writeFileSync(join(schema, 'main.fsl'), text);
    const push = (args: readonly string[] = []) => ['--memory', '--schema', schema, ...args];
    const refused = async () => (await run(['--port', '0', ...push()], { FAUNADB_ROOT_KEY: 'root' })).err;
    expect(await refused()).toContain(`error: There are no .fsl files in ${schema}`);
    write('collection A { n: Nope }');
    expect(await refused()).toContain(`error: The schema in ${schema} is refused:\nerror: Unknown type \`Nope\``);
    write('collection A { n: Int }');
    const { child, output, url } = await start(push(['--watch']));
    const until = async (stream: 'out' | 'err', text: string) => {
      while (!output[stream].includes(text)) await once(stream === 'out' ? child.stdout! : child.stderr!, 'data');
    };
    write('collection A {');
    await until('err', 'Expected `}`');
    expect(await query10(url, 'A.create({ n: 1 }).n')).toBe(1);
    write('collection A { n: Int }\nfunction f() { 2 }');
    await until('out', 'is pushed');
    expect(await query10(url, 'f()')).toBe(2);
    expect(await stop(child)).toEqual([0, null]);
    expect((await run(['--memory', '--watch'])).err).toContain('Give --watch together with --schema.');
  });

  it('speaks TLS with both protocols, and counts for Prometheus', async ({ skip }) => {
    const folder = directory();
    const files = await makeCertificate(folder);
    if (!files) return skip('needs openssl to create the certificate');
    const tls = ['--tls-cert', files.cert, '--tls-key', files.key];
    const { url, output } = await start(['--memory', '--metrics-port', '0', ...tls]);
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const [headers] = await once(session.request({ ':path': '/ping' }), 'response');
    expect(headers[':status']).toBe(200);
    session.close();
    const [response] = await once(getHttps(`${url}/ping`, { rejectUnauthorized: false }), 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
    const metrics = await fetch(/Metrics are at (\S+)\.\n/.exec(output.out)![1]!);
    expect(await metrics.text()).toMatch(/faunadb_http_responses_total\{route="\/ping",status="200"\} 2/);
  });
});
