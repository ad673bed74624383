import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import faunadb, { type Client, type Expr, query as q } from 'faunadb';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateFiles, makeCertificate } from './certificate.js';
import { type Behaviour, KeyServer, keys } from './key-server.js';
import { ask, ROOT_KEY, type ServerProcess, startServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'faunadb-server-'));
const inside = `${ROOT_KEY}:app:admin`;
const notes = q.Collection('notes');
const clients: Client[] = [];
const certificate: CertificateFiles | undefined = await makeCertificate(folder);
let server: ServerProcess;
let provider: KeyServer;
let audience: string;

/** A key of an identity provider: what it publishes, and how it signs. */
async function makeKey(kid: string, alg = 'RS256') {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  const sign = (issuer: string, claims: JWTPayload = {}) =>
    new SignJWT({ iss: issuer, aud: audience, exp: inSeconds(60), ...claims })
      .setProtectedHeader({ alg, kid })
      .sign(privateKey);
  return { jwk, publicKey, sign };
}

const inSeconds = (n: number) => Math.floor(Date.now() / 1000) + n;
const encode = (part: object | string) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part));

/** Makes an access provider whose keys are served so. @returns its issuer */
async function trust(name: string, behaviour: Behaviour, roles: object[] = [q.Role('reader')]): Promise<string> {
  const issuer = `https://idp.example.com/${name}`;
  const jwks_uri = provider.serve(`/${name}`, behaviour);
  await ask(server.url, q.CreateAccessProvider({ name, issuer, jwks_uri, roles } as never), inside);
  return issuer;
}

/** What the driver is answered that has a JWT for its secret: the answer, or the status of the error. */
async function asWho(secret: string, query: Expr = q.Add(1, 1)): Promise<unknown> {
  const { hostname: domain, port } = new URL(server.url);
  const client = new faunadb.Client({ secret, domain, port: Number(port), scheme: 'http' });
  clients.push(client);
  return client.query(query).catch((error) => error.requestResult.statusCode);
}

/** Asks until the answer is another than 401, as one does whose identity provider has only just changed its keys. */
async function untilLetIn(secret: string): Promise<unknown> {
  for (;;) {
    const answer = await asWho(secret);
    if (answer !== 401) return answer;
  }
}

beforeAll(async () => {
  if (!certificate) return;
  provider = await KeyServer.open(certificate);
  server = await startServer(join(folder, 'data'), { NODE_EXTRA_CA_CERTS: certificate.cert });
  await ask(server.url, q.CreateDatabase({ name: 'app' }));
  await ask(server.url, q.CreateCollection({ name: 'notes' }), inside);
  for (const [name, action] of [
    ['reader', 'read'],
    ['writer', 'create'],
  ]) {
    const privileges = [{ resource: notes, actions: { [action!]: true } }];
    await ask(server.url, q.CreateRole({ name: name!, privileges }), inside);
  }
  const app = await ask(server.url, q.Get(q.Database('app')));
  audience = `https://db.fauna.com/db/${app.global_id}`;
});

afterAll(async () => {
  for (const client of clients) await client.close();
  await server?.kill();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

// The key server speaks TLS, and openssl makes its certificate.
describe.skipIf(!certificate)('an access provider whose keys lie on a server', () => {
  it('lets in by its tokens, with its roles where their predicates hold', async () => {
    const key = await makeKey('a');
    const predicate = q.Query(q.Lambda('token', q.ContainsStr(q.Select('scope', q.Var('token'), ''), 'write')));
    const roles = [q.Role('reader'), { role: q.Role('writer'), predicate }];
    const issuer = await trust('roles', keys(key.jwk), roles);
    const reader = await key.sign(issuer, { sub: 'ada' });
    const writer = await key.sign(issuer, { scope: 'read write', aud: ['https://example.com', audience] });
    expect(await asWho(reader, q.Paginate(q.Documents(notes)))).toEqual({ data: [] });
    expect(await asWho(reader, q.Create(notes, {}))).toBe(403);
    expect(await asWho(writer, q.Select('ref', q.Create(notes, {})))).toBeInstanceOf(faunadb.values.Ref);
    expect(await asWho(reader, q.CurrentIdentity())).toBe('ada');
    expect(provider.asked('/roles')).toBe(1);
  });

  it('lets nobody in by a token that is for others, not signed, or signed with what all know', async () => {
    const key = await makeKey('a');
    const issuer = await trust('forged', keys(key.jwk));
    const good = await key.sign(issuer);
    const payload = good.split('.')[1]!;
    const forged = (header: object, secret?: Buffer | string) => {
      const text = `${encode({ kid: 'a', typ: 'JWT', ...header }).toString('base64url')}.${payload}`;
      const signature = secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url');
      return `${text}.${signature}`;
    };
    const pem = await exportSPKI(key.publicKey);
    const wrong = [
      await key.sign(`${issuer}/other`),
      await key.sign(issuer, { aud: 'https://db.fauna.com/db/yyyyyyyyyyyyy' }),
      await key.sign(issuer, { aud: 'https://example.com' }),
      await key.sign(issuer, { exp: inSeconds(-1) }),
      await key.sign(issuer, { nbf: inSeconds(60) }),
      await (await makeKey('a')).sign(issuer),
      forged({ alg: 'none' }),
      forged({ alg: 'None' }, ''),
      forged({ alg: 'HS256' }, pem),
      forged({ alg: 'HS256' }, pem.trim()),
      forged({ alg: 'HS256' }, Buffer.from(key.jwk.n!, 'base64url')),
      forged({ alg: 'HS256' }, JSON.stringify(key.jwk)),
      forged({ alg: 'RS256', jwk: (await makeKey('a')).jwk }, pem),
    ];
    expect(await asWho(good)).toBe(2);
    expect(await Promise.all(wrong.map((token) => asWho(token)))).toEqual(wrong.map(() => 401));
  });

  it('takes the tokens of a new key as soon as that is published', async () => {
    const [first, second] = [await makeKey('first'), await makeKey('second')];
    const issuer = await trust('rotated', keys(first.jwk));
    expect(await asWho(await first.sign(issuer))).toBe(2);
    provider.serve('/rotated', keys(first.jwk, second.jwk));
    expect(await untilLetIn(await second.sign(issuer))).toBe(2);
    expect(await asWho(await first.sign(issuer))).toBe(2);
  });

  it('is not asked once for each of those who ask at once', async () => {
    const key = await makeKey('a');
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const issuer = await trust('slow', (request, response) => {
      released.then(() => keys(key.jwk)(request, response));
    });
    const tokens = await Promise.all([1, 2, 3, 4].map((n) => key.sign(issuer, { sub: String(n) })));
    const answers = Promise.all(tokens.map((token) => asWho(token)));
    // Meanwhile all others are answered.
    expect(await ask(server.url, q.Add(1, 2))).toBe(3);
    release();
    expect(await answers).toEqual([2, 2, 2, 2]);
    expect(provider.asked('/slow')).toBe(1);
  });

  it.each<[string, Behaviour]>([
    ['answers 500', (_, response) => response.writeHead(500).end('{"keys":[]}')],
    ['answers rubbish', (_, response) => response.end('<html>')],
    ['answers JSON of another kind', (_, response) => response.end('{"keys":{"a":1}}')],
    ['sends elsewhere', (_, response) => response.writeHead(302, { location: '/roles' }).end()],
    ['hangs up', (request) => request.socket.destroy()],
    ['begins to answer and hangs up', (_, response) => response.write('{"keys":[', () => response.destroy())],
    ['never ends its answer', (_, response) => flood(response)],
    ['never answers', () => {}],
    ['begins to answer and says no more', (_, response) => response.write('{"keys":[')],
  ])('lets nobody in while it %s, and all in again thereafter', { timeout: 60_000 }, async (what, behaviour) => {
    const key = await makeKey('a');
    const name = what.replaceAll(' ', '_');
    const issuer = await trust(name, behaviour);
    const token = await key.sign(issuer);
    expect(await asWho(token)).toBe(401);
    expect(await ask(server.url, q.Add(1, 2))).toBe(3);
    provider.serve(`/${name}`, keys(key.jwk));
    expect(await untilLetIn(token)).toBe(2);
  });

  it('lets in those whose keys are known while it is away', async () => {
    const key = await makeKey('a');
    const issuer = await trust('away', keys(key.jwk));
    expect(await asWho(await key.sign(issuer))).toBe(2);
    provider.serve('/away', (request) => request.socket.destroy());
    expect(await asWho(await (await makeKey('b')).sign(issuer))).toBe(401);
    expect(await asWho(await key.sign(issuer, { sub: 'ada' }))).toBe(2);
  });

  it('accepts keys signed by other than the known authorities only if the options say so', async () => {
    const key = await makeKey('a');
    const other = await startServer(join(folder, 'other'));
    try {
      const jwks_uri = provider.serve('/untrusted', keys(key.jwk));
      await ask(other.url, q.CreateRole({ name: 'nothing', privileges: [] }));
      const fields = { name: 'idp', issuer: 'https://idp.example.com', jwks_uri, roles: [q.Role('nothing')] };
      const made = await ask(other.url, q.CreateAccessProvider(fields as never));
      const token = await key.sign(fields.issuer, { aud: made.audience });
      await expect(ask(other.url, q.Add(1, 1), token)).rejects.toMatchObject({ status: 401 });
      expect(provider.asked('/untrusted')).toBe(0);
    } finally {
      await other.kill();
    }
  });
});

/** Writes as long as the one who asked listens. */
function flood(response: Parameters<Behaviour>[1]): void {
  const chunk = ' '.repeat(65_536);
  const more = () => {
    while (response.write(chunk));
    response.once('drain', more);
  };
  more();
}
