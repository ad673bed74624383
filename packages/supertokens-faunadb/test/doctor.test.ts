import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import faunadb from 'faunadb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';
import type { FaunaClient } from '../src/fauna/base/types.js';
import { languageOf } from '../src/fauna/languages.js';
import { doctor, type Finding } from '../src/index.js';
import { clientOf, drivers, eventually } from './support/database.js';
import { provideFixture } from './support/fixture.js';

const q = faunadb.query;
describe.each(drivers)('with the driver %s', (driver) => {
  const fixture = provideFixture(driver);
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
    server = undefined;
    process.exitCode = undefined;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const healthy = () => ({
    connectionURI: fixture.deployment.supertokensUri,
    faunaDBClient: fixture.faunaDBClient,
    faunaURL: fixture.database.url,
    userCollectionName: fixture.database.collection,
    websiteDomain: 'http://localhost:3000',
  });

  const clientWith = (secret: string, endpoint = fixture.database.url) => clientOf(driver, endpoint, secret);
  /** What the tests set up is written in FQL v4. */
  const adminClient = () =>
    new faunadb.Client({ endpoint: fixture.database.url, secret: fixture.database.adminSecret });

  function wrong(findings: readonly Finding[]): Record<string, string> {
    return Object.fromEntries(findings.filter(({ ok }) => !ok).map(({ check, message }) => [check, message]));
  }

  /** A server that answers anything the same way. */
  async function answering(status: number, body: object, headers: Record<string, string> = {}): Promise<string> {
    server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('finds a healthy deployment healthy, and leaves no trace', async () => {
    const findings = await doctor(healthy());
    expect(wrong(findings)).toEqual({});
    expect(findings.map(({ check }) => check)).toEqual([
      'Core reachable',
      'Core version',
      'Core clock',
      'FaunaDB key',
      'FaunaDB clock',
      'User collection',
      'FaunaDB permissions',
      'User role',
      'FaunaDB CORS',
    ]);
    expect(await fixture.database.tokens()).toEqual([]);
  });

  it('finds a Core that is not there', async () => {
    const connectionURI = await answering(200, {});
    await new Promise((resolve) => server?.close(resolve));
    const findings = await doctor({ ...healthy(), connectionURI });
    expect(wrong(findings)).toEqual({ 'Core reachable': expect.stringMatching(/ECONNREFUSED.*start it/) });
  });

  it('finds a server that is no Core', async () => {
    const findings = await doctor({ ...healthy(), connectionURI: await answering(404, {}) });
    expect(wrong(findings)).toEqual({ 'Core reachable': expect.stringContaining('404') });
  });

  it('finds a Core that is too old, and one whose clock is wrong', async () => {
    const payload = Buffer.from(JSON.stringify({ iat: 1_000_000_000 })).toString('base64url');
    const connectionURI = await answering(200, { versions: ['2.7'], jwt: `e30.${payload}.x` });
    const findings = wrong(await doctor({ ...healthy(), connectionURI }));
    expect(findings).toEqual({
      'Core version': expect.stringMatching(/CDI 2\.7, but supertokens-node 24[.\d]+ needs 5\.4: update the Core\.$/),
      'Core clock': expect.stringContaining('NTP'),
    });
  });

  it('says which versions of the SDK a Core is recent enough for', async () => {
    const connectionURI = await answering(200, { versions: ['5.2', '5.3'] });
    const findings = wrong(await doctor({ ...healthy(), connectionURI }));
    expect(findings['Core version']).toMatch(/needs 5\.4: update the Core, or use supertokens-node 22 or 23\.$/);
  });

  it('finds a Core that wants an API key', async () => {
    const connectionURI = await answering(401, {});
    expect(wrong(await doctor({ ...healthy(), connectionURI }))['Core reachable']).toBeDefined();
  });

  it('finds a wrong key of FaunaDB, and says no secret', async () => {
    const faunaDBClient = clientWith('fnWrongSecret');
    const findings = wrong(await doctor({ ...healthy(), faunaDBClient }));
    expect(findings).toEqual({ 'FaunaDB key': expect.stringContaining('does not know the key') });
    expect(JSON.stringify(findings)).not.toContain('fnWrongSecret');
  });

  it('finds a collection that is missing', async () => {
    const findings = wrong(await doctor({ ...healthy(), userCollectionName: 'ghosts' }));
    expect(findings).toEqual({ 'User collection': expect.stringContaining('"ghosts"') });
  });

  it('finds a key that may not make tokens', async () => {
    const { secret } = await adminClient().query<{ secret: string }>(q.CreateKey({ role: 'server-readonly' }));
    const faunaDBClient = clientWith(secret);
    const findings = wrong(await doctor({ ...healthy(), faunaDBClient }));
    expect(findings).toEqual({ 'FaunaDB permissions': expect.stringContaining('the role "server"') });
  });

  it('finds, with a key that may read roles, a collection that is in none', async () => {
    const faunaDBClient = clientWith(fixture.database.adminSecret);
    expect(wrong(await doctor({ ...healthy(), faunaDBClient }))).toEqual({});
    await adminClient().query(q.CreateCollection({ name: 'strangers' }));
    await vi.waitFor(async () => {
      const findings = wrong(await doctor({ ...healthy(), faunaDBClient, userCollectionName: 'strangers' }));
      expect(findings).toEqual({ 'User role': expect.stringContaining('"strangers"') });
    });
  });

  it('finds CORS that keeps pages out', async () => {
    const closed = await answering(200, {});
    const findings = wrong(await doctor({ ...healthy(), faunaURL: closed, apiURL: closed }));
    expect(findings).toEqual({
      'FaunaDB CORS': expect.stringContaining('http://localhost:3000'),
      'API CORS': expect.stringContaining('credentials: true'),
    });
  });

  it('is content with CORS that lets them in', async () => {
    const apiURL = await answering(
      200,
      {},
      {
        'access-control-allow-origin': 'http://localhost:3000',
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'content-type, rid,fdi-version, anti-csrf,St-Auth-Mode',
      },
    );
    expect(wrong(await doctor({ ...healthy(), apiURL }))).toEqual({});
  });

  it("finds CORS without the SDK's headers", async () => {
    const headers = {
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'content-type',
    };
    const apiURL = await answering(200, {}, headers);
    const findings = wrong(await doctor({ ...healthy(), apiURL }));
    expect(findings).toEqual({ 'API CORS': expect.stringContaining('getAllCORSHeaders') });
  });

  it('takes the addresses that the SDK takes: several, and those without a protocol', async () => {
    const { supertokensUri } = fixture.deployment;
    const bare = new URL(supertokensUri).host;
    expect(wrong(await doctor({ ...healthy(), connectionURI: `${bare};${supertokensUri}/` }))).toEqual({});
    const findings = await doctor({ ...healthy(), connectionURI: `${supertokensUri};http://127.0.0.1:1` });
    expect(findings.filter(({ check }) => check === 'Core reachable').map(({ ok }) => ok)).toEqual([true, false]);
  });

  /** A key of a role with the privileges of the guide "Production", but for one. */
  async function keyWithout(missing: string): Promise<FaunaClient> {
    const name = `without_${missing}`;
    const tokens = ['read', 'write', 'create', 'create_with_id', 'delete'].map((action) => [
      action,
      action !== missing,
    ]);
    await adminClient().query(
      q.CreateRole({
        name,
        privileges: [
          { resource: q.Collections(), actions: { read: true } },
          { resource: q.Collection('users'), actions: { read: missing !== 'users' } },
          { resource: q.Tokens(), actions: Object.fromEntries(tokens) },
        ],
      }),
    );
    const make = () => adminClient().query<{ secret: string }>(q.CreateKey({ role: q.Role(name) }));
    return clientWith((await eventually(make)).secret);
  }

  it('is content with a key that may do what is needed and no more', async () => {
    expect(wrong(await doctor({ ...healthy(), faunaDBClient: await keyWithout('nothing') }))).toEqual({});
  });

  it.each(['read', 'write', 'create_with_id', 'delete'])('finds a key that may not %s tokens', async (action) => {
    const findings = wrong(await doctor({ ...healthy(), faunaDBClient: await keyWithout(action) }));
    expect(findings).toEqual({ 'FaunaDB permissions': expect.stringContaining('tokens') });
  });

  it('finds a key that may not read the users', async () => {
    const findings = wrong(await doctor({ ...healthy(), faunaDBClient: await keyWithout('users') }));
    expect(findings).toEqual({ 'FaunaDB permissions': expect.stringContaining('documents of "users"') });
  });

  it('can be started from the command line, and fails where something is wrong', async () => {
    vi.stubEnv('FAUNADB_SECRET', fixture.database.secret);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const flags = [
      '--supertokens-uri',
      fixture.deployment.supertokensUri,
      '--faunadb-url',
      fixture.database.url,
      '--driver',
      driver,
    ];
    await main(['node', 'supertokens-faunadb', 'doctor', ...flags, '--collection', 'users']);
    expect(process.exitCode).toBeUndefined();
    expect(log.mock.calls.every(([line]) => String(line).startsWith('ok'))).toBe(true);
    await main(['node', 'supertokens-faunadb', 'doctor', ...flags, '--collection', 'ghosts']);
    expect(process.exitCode).toBe(1);
    expect(log.mock.calls.some(([line]) => String(line).startsWith('FAIL  User collection'))).toBe(true);
  });

  it('asks for its secrets', async () => {
    vi.stubEnv('FAUNADB_SECRET', undefined);
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    await main(['node', 'supertokens-faunadb', 'doctor']);
    expect(error.mock.calls).toEqual([[expect.stringContaining('FAUNADB_SECRET')]]);
    expect(process.exitCode).toBe(1);
  });

  describe('distinguishes failures of TLS', () => {
    let secure: SecureServer;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'doctor-'));
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const generate = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ];
      await promisify(execFile)('openssl', [...generate, ...subject, '-keyout', key, '-out', cert]);
      const options = { key: await readFile(key), cert: await readFile(cert) };
      secure = createSecureServer(options, (_, response) => response.end('{}'));
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    });

    afterAll(async () => {
      secure?.close();
      await rm(folder, { recursive: true, force: true });
    });

    const at = (protocol: string) => `${protocol}://localhost:${(secure.address() as AddressInfo).port}`;
    const said = async (url: string) => {
      const faunaDBClient = clientWith('x', url);
      const { 'Core reachable': core, 'FaunaDB key': fauna } = wrong(
        await doctor({ connectionURI: url, faunaDBClient, faunaURL: url }),
      );
      await (await languageOf(faunaDBClient)).close(faunaDBClient);
      return [core, fauna];
    };

    it('a certificate that is not trusted', async () => {
      for (const message of await said(at('https'))) expect(message).toMatch(/does not trust.*NODE_EXTRA_CA_CERTS/);
    });

    it('http spoken to https', async () => {
      for (const message of await said(at('http'))) expect(message).toMatch(/speaks TLS .*write https/);
    });

    it('https spoken to http', async () => {
      const plain = (await answering(200, {})).replace('http:', 'https:');
      for (const message of await said(plain)) expect(message).toMatch(/does not speak TLS .*write http:/);
    });
  });
});
