import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase, ROOT_KEY } from '../../../test/database.js';

let ask: Database['ask'];

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'users' }));
  await ask(q.CreateCollection({ name: 'notes' }));
  await ask(q.Create(q.Ref(q.Collection('users'), '1'), { data: { name: 'Ada' } }));
  await ask(q.Create(q.Ref(q.Collection('notes'), '1'), { data: { text: 'one' } }));
});

const user = q.Ref(q.Collection('users'), '1');
const note = q.Ref(q.Collection('notes'), '1');
const secretOf = async (query: object) => (await ask(query)).resource.secret as string;
const statusAs = async (secret: string, query: object = q.Add(1, 1)) => (await ask(query, secret)).status;

describe('keys', () => {
  it.each([
    ['admin', 200, 200, 200],
    ['server', 200, 200, 403],
    ['server-readonly', 200, 403, 403],
    ['client', 403, 403, 403],
  ])('of the role %s may read, write, and administer so much', async (role, read, write, administer) => {
    const secret = await secretOf(q.CreateKey({ role }));
    expect(await statusAs(secret, q.Get(note))).toBe(read);
    expect(await statusAs(secret, q.Update(note, { data: { by: role } }))).toBe(write);
    expect(await statusAs(secret, q.Paginate(q.Keys()))).toBe(administer);
  });

  it('open nothing once they are deleted, have expired or their database is gone', async () => {
    const { resource: deleted } = await ask(q.CreateKey({ role: 'server' }));
    expect(await statusAs(deleted.secret)).toBe(200);
    await ask(q.Delete(q.Ref(q.Keys(), deleted.ref['@ref'].id)));
    expect(await statusAs(deleted.secret)).toBe(401);

    expect(await statusAs(await secretOf(q.CreateKey({ role: 'server', ttl: q.Time('2001-01-01T00:00:00Z') })))).toBe(
      401,
    );

    await ask(q.CreateDatabase({ name: 'child' }));
    const inner = await secretOf(q.CreateKey({ role: 'admin', database: q.Database('child') }));
    const innermost = (await ask(q.CreateKey({ role: 'server' }), inner)).resource.secret;
    expect(await statusAs(innermost)).toBe(200);
    await ask(q.Delete(q.Database('child')));
    expect([await statusAs(inner), await statusAs(innermost)]).toEqual([401, 401]);
  });

  it('keep their secret when they change, and act with the new rights', async () => {
    const { resource: key } = await ask(q.CreateKey({ role: 'server' }));
    expect(await statusAs(key.secret, q.Get(note))).toBe(200);
    await ask(q.Update(q.Ref(q.Keys(), key.ref['@ref'].id), { role: 'client' }));
    expect(await statusAs(key.secret, q.Get(note))).toBe(403);
  });

  it('are found by their secret, if the client may read them', async () => {
    const { resource: key } = await ask(q.CreateKey({ role: 'client', data: { n: 1 } }));
    expect((await ask(q.KeyFromSecret(key.secret))).resource).toMatchObject({ ref: key.ref, data: { n: 1 } });
    const server = await secretOf(q.CreateKey({ role: 'server' }));
    expect((await ask(q.KeyFromSecret(key.secret), server)).errors).toEqual([['instance not found', '']]);
  });

  it('of two databases may have the same id', async () => {
    await ask(q.CreateDatabase({ name: 'child' }));
    const inner = await secretOf(q.CreateKey({ role: 'admin', database: q.Database('child') }));
    const withId = q.Create(q.Ref(q.Keys(), '7'), { role: 'server' });
    const [outer, nested] = [(await ask(withId)).resource.secret, (await ask(withId, inner)).resource.secret];
    const sees = async (secret: string) => (await ask(q.Exists(q.Collection('notes')), secret)).resource;
    expect([await sees(outer), await sees(nested)]).toEqual([true, false]);
  });
});

describe('narrowed secrets', () => {
  it('act as a built-in role, in a descendant database', async () => {
    await ask(q.CreateDatabase({ name: 'a' }));
    await ask(q.CreateDatabase({ name: 'b' }), `${ROOT_KEY}:a:admin`);
    await ask(q.CreateCollection({ name: 'inside' }), `${ROOT_KEY}:a/b:admin`);
    const exists = async (suffix: string) => (await ask(q.Exists(q.Collection('inside')), ROOT_KEY + suffix)).resource;
    expect([await exists(':a/b:server'), await exists(':a:server'), await exists('')]).toEqual([true, false, false]);
    expect(await statusAs(`${ROOT_KEY}:client`, q.Get(note))).toBe(403);
    expect(await statusAs(`${ROOT_KEY}:none:server`)).toBe(401);
  });

  it('act as a role of the database, or as a document', async () => {
    await ask(
      q.CreateRole({
        name: 'reader',
        privileges: [{ resource: q.Collection('notes'), actions: { read: true } }],
        membership: { resource: q.Collection('users') },
      }),
    );
    for (const suffix of [':@role/reader', ':@doc/users/1']) {
      expect(await statusAs(ROOT_KEY + suffix, q.Get(note)), suffix).toBe(200);
      expect(await statusAs(ROOT_KEY + suffix, q.Update(note, {})), suffix).toBe(403);
    }
    expect((await ask(q.CurrentIdentity(), `${ROOT_KEY}:@doc/users/1`)).resource['@ref'].id).toBe('1');
    for (const suffix of [':@role/none', ':@doc/users/2', ':@doc/none/1', ':@doc/users']) {
      expect(await statusAs(ROOT_KEY + suffix), suffix).toBe(401);
    }
  });

  it('are for admins, and for servers that act as a document of their own', async () => {
    const server = await secretOf(q.CreateKey({ role: 'server' }));
    const client = await secretOf(q.CreateKey({ role: 'client' }));
    expect(await statusAs(`${server}:@doc/users/1`)).toBe(200);
    for (const secret of [`${server}:client`, `${server}:@role/x`, `${client}:client`, `${client}:@doc/users/1`]) {
      expect(await statusAs(secret), secret).toBe(401);
    }
  });

  it('do not affect tokens', async () => {
    const token = await secretOf(q.Create(q.Tokens(), { instance: user }));
    expect(await statusAs(`${token}:admin`, q.Get(note))).toBe(403);
    expect(await statusAs(`${token}:administrator`)).toBe(401);
  });
});

describe('tokens', () => {
  it('act as their document for as long as it exists', async () => {
    const token = await secretOf(q.Create(q.Tokens(), { instance: user }));
    expect((await ask(q.CurrentIdentity(), token)).resource['@ref'].id).toBe('1');
    await ask(q.Delete(user));
    expect(await statusAs(token)).toBe(401);
  });

  it('open nothing once they are deleted or have expired', async () => {
    const { resource: token } = await ask(q.Create(q.Tokens(), { instance: user }));
    expect(await statusAs(token.secret)).toBe(200);
    const ref = q.Ref(q.Tokens(), token.ref['@ref'].id);
    await ask(q.Update(ref, { ttl: q.TimeSubtract(q.Now(), 1, 'second') }));
    expect(await statusAs(token.secret)).toBe(401);

    const { resource: other } = await ask(q.Create(q.Tokens(), { instance: user }));
    expect(await statusAs(other.secret)).toBe(200);
    await ask(q.Delete(q.Ref(q.Tokens(), other.ref['@ref'].id)));
    expect(await statusAs(other.secret)).toBe(401);
  });

  it('have a new secret when they are replaced, and the old one opens nothing', async () => {
    const { resource: token } = await ask(q.Create(q.Tokens(), { instance: user }));
    expect(await statusAs(token.secret)).toBe(200);
    const replaced = await secretOf(q.Replace(q.Ref(q.Tokens(), token.ref['@ref'].id), { instance: user }));
    expect(replaced).not.toBe(token.secret);
    expect([await statusAs(token.secret), await statusAs(replaced)]).toEqual([401, 200]);
  });

  it('do not open what only an undone query would have allowed', async () => {
    const { status } = await ask(q.Do(q.Create(q.Ref(q.Tokens(), '9'), { instance: user }), q.Abort('no')));
    expect(status).toBe(400);
    expect((await ask(q.Exists(q.Ref(q.Tokens(), '9')))).resource).toBe(false);
  });
});

describe('the operator', () => {
  it('opens the root database by the root key alone', async () => {
    expect(await statusAs(ROOT_KEY)).toBe(200);
    for (const secret of ['', ROOT_KEY.slice(1), `${ROOT_KEY}x`, ROOT_KEY.toUpperCase()]) {
      expect(await statusAs(secret), secret).toBe(401);
    }
  });
});
