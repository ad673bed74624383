import { hash } from '@node-rs/bcrypt';
import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase, ROOT_KEY } from '../../../test/database.js';

let database: Database;
let ask: Database['ask'];

const user = q.Ref(q.Collection('users'), '1');
const KEY_ID = '312345678901234567';
const TOKEN_ID = '312345678901234568';
const key = q.Ref(q.Keys(), KEY_ID);
const token = q.Ref(q.Tokens(), TOKEN_ID);
const inApp = `${ROOT_KEY}:app:admin`;
const statusAs = async (secret: string, query: object = q.Add(1, 1)) => (await ask(query, secret)).status;

/** A secret as a cluster makes it: its version, its kind, the id, for tokens the id of the database there, and 20 bytes. */
function clusterSecret(kind: 'key' | 'token', id: string, fill: number): { text: string; random: string } {
  const head = Buffer.alloc(kind === 'key' ? 10 : 18);
  head.set([126, kind === 'key' ? 112 : 113]);
  head.writeBigInt64BE(BigInt(id), 2);
  if (kind === 'token') head.writeBigUInt64BE(298765432109876543n, 10);
  const random = Buffer.alloc(20, fill);
  return { text: Buffer.concat([head, random]).toString('base64url'), random: random.toString('base64url') };
}

beforeEach(async () => {
  database = await openDatabase();
  ({ ask } = database);
  await ask(q.CreateDatabase({ name: 'app' }));
  await ask(q.CreateCollection({ name: 'users' }), inApp);
  await ask(q.Create(user, { credentials: { password: 'unused' } }), inApp);
});

describe('a key whose secret a cluster has hashed', () => {
  const secret = clusterSecret('key', KEY_ID, 7);
  const others = clusterSecret('key', KEY_ID, 8);

  it.each([
    ['the random part', secret.random],
    ['the whole', secret.text],
  ])('opens its database by its secret, of which a hash of %s is kept', async (_of, hashed) => {
    const hashed_secret = await hash(hashed, 5);
    expect((await ask(q.Create(key, { role: 'server', hashed_secret } as never), inApp)).status).toBe(201);
    expect(await statusAs(secret.text, q.Get(user))).toBe(200);
    expect(await statusAs(secret.text, q.Paginate(q.Keys()))).toBe(403);
    expect(await statusAs(others.text)).toBe(401);
    expect((await ask(q.KeyFromSecret(secret.text), inApp)).resource.ref['@ref'].id).toBe(KEY_ID);
  });

  it('opens nothing once it is gone', async () => {
    await ask(q.Create(key, { role: 'server', hashed_secret: await hash(secret.random, 5) } as never), inApp);
    expect(await statusAs(secret.text)).toBe(200);
    await ask(q.Update(key, { role: 'client' }), inApp);
    expect(await statusAs(secret.text, q.Get(user))).toBe(403);
    await ask(q.Delete(key), inApp);
    expect(await statusAs(secret.text)).toBe(401);
  });

  it('is distinguished from one with the same id in another database', async () => {
    await ask(q.Create(key, { role: 'client', hashed_secret: await hash(others.random, 5) } as never));
    await ask(q.Create(key, { role: 'server', hashed_secret: await hash(secret.random, 5) } as never), inApp);
    expect(await statusAs(secret.text, q.Get(user))).toBe(200);
    expect(await statusAs(others.text, q.Get(q.Database('app')))).toBe(403);
  });

  it('opens nothing by a hash with too many rounds', async () => {
    const slow = `$2b$31$${'.'.repeat(53)}`;
    await ask(q.Create(key, { role: 'server', hashed_secret: slow } as never), inApp);
    expect(await statusAs(secret.text)).toBe(401);
  });

  it('keeps a stream open', async () => {
    await ask(q.Create(key, { role: 'server', hashed_secret: await hash(secret.random, 5) } as never), inApp);
    expect(await statusAs(secret.text)).toBe(200);
    const events = await database.watch(user, secret.text);
    if ('status' in events) throw new Error(`refused with ${events.status}`);
    expect((await events.next()).value).toMatchObject({ type: 'start' });
    await ask(q.Update(user, { data: { n: 1 } }), inApp);
    expect((await events.next()).value).toMatchObject({ type: 'version' });
  });
});

describe('a token whose secret a cluster has hashed', () => {
  const secret = clusterSecret('token', TOKEN_ID, 7);

  it('acts as its document until it is replaced or gone', async () => {
    const make = async () =>
      ask(q.Create(token, { instance: user, hashed_secret: await hash(secret.random, 5) } as never), inApp);
    expect((await make()).status).toBe(201);
    expect((await ask(q.CurrentIdentity(), secret.text)).resource['@ref'].id).toBe('1');
    expect(await statusAs(clusterSecret('token', TOKEN_ID, 8).text)).toBe(401);
    const replaced = await ask(q.Replace(token, { instance: user }), inApp);
    expect(await statusAs(secret.text)).toBe(401);
    expect(await statusAs(replaced.resource.secret)).toBe(200);
    await ask(q.Delete(token), inApp);
    await make();
    expect(await statusAs(secret.text)).toBe(200);
    await ask(q.Logout(true), secret.text);
    expect(await statusAs(secret.text)).toBe(401);
  });
});

describe('credentials whose password a cluster has hashed', () => {
  it.each(['$2a$', '$2b$', '$2y$'])('log in by it, also where the hash begins with %s', async (version) => {
    const hashed_password = version + (await hash('correct horse', 5)).slice(4);
    await ask(q.Update(user, { credentials: { hashed_password } } as never), `${ROOT_KEY}:app:server`);
    const login = (password: string) => ask(q.Login(user, { password }), inApp);
    expect((await login('wrong')).errors).toEqual([['authentication failed', '']]);
    expect((await login('correct horse')).resource.secret).toMatch(/^fn/);
  });

  it.each(['no hash', '', `$2b$31$${'.'.repeat(53)}`])('take no password for %j', async (hashed_password) => {
    await ask(q.Update(user, { credentials: { hashed_password } } as never), `${ROOT_KEY}:app:server`);
    expect((await ask(q.Login(user, { password: 'a' }), inApp)).errors).toEqual([['authentication failed', '']]);
  });
});
