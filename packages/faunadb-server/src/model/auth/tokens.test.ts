import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];
/** A server key's secret: with others, a write of a password needs the old one. */
let server: string;

const users = q.Collection('users');
const ada = q.Ref(users, '1');
const bob = q.Ref(users, '2');

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'users' }));
  await ask(q.CreateIndex({ name: 'by_email', source: users, terms: [{ field: ['data', 'email'] }] }));
  server = (await ask(q.CreateKey({ role: 'server' }))).resource.secret;
  await ask(
    q.Create(ada, { data: { email: 'ada@example.com' }, credentials: { password: 'difference engine' } }),
    server,
  );
  await ask(q.Create(bob, {}), server);
});

const login = (password: string, whom: object = ada) => ask(q.Login(whom as never, { password }), server);
const FAILED = [['authentication failed', '']];

describe('logging in', () => {
  it('gives a token that acts as the document', async () => {
    const { status, resource } = await login('difference engine');
    expect(status).toBe(201);
    expect((await ask(q.CurrentIdentity(), resource.secret)).resource['@ref'].id).toBe('1');
    expect(
      (await ask(q.Equals(q.CurrentToken(), q.Ref(q.Tokens(), resource.ref['@ref'].id)), resource.secret)).resource,
    ).toBe(true);
  });

  it('needs only the password, and uses the first document of a set', async () => {
    const client = (await ask(q.CreateKey({ role: 'client' }))).resource.secret;
    expect((await ask(q.Login(ada, { password: 'difference engine' }), client)).status).toBe(201);
    expect((await login('difference engine', q.Match('by_email', 'ada@example.com'))).status).toBe(201);
    expect((await login('difference engine', q.Match('by_email', 'eve@example.com'))).errors).toEqual(FAILED);
    const bySet = q.Login(q.Match('by_email', 'ada@example.com'), { password: 'difference engine' });
    expect((await ask(bySet, client)).errors).toEqual([['permission denied', 'login']]);
  });

  it('does not reveal what was wrong', async () => {
    for (const [password, whom] of [
      ['wrong', ada],
      ['', ada],
      ['difference engine', bob],
      ['x', q.Ref(users, '404')],
    ] as const) {
      expect((await login(password, whom)).errors).toEqual(FAILED);
    }
  });

  it('checks the current password, whatever the time of the read', async () => {
    const now = (await ask(q.Now())).resource['@ts'];
    await ask(q.Update(ada, { credentials: { password: 'analytical engine' } }), server);
    expect((await ask(q.At(q.Time(now), q.Identify(ada, 'difference engine')), server)).resource).toBe(false);
    expect((await ask(q.At(q.Time(now), q.Identify(ada, 'analytical engine')), server)).resource).toBe(true);
  });
});

describe('logging out', () => {
  it('ends the session, or all sessions of only this user', async () => {
    await ask(q.Update(bob, { credentials: { password: 'bob' } }), server);
    const sessions: string[] = [];
    for (let i = 0; i < 3; i++) sessions.push((await login('difference engine')).resource.secret);
    const other = (await login('bob', bob)).resource.secret;
    const statuses = async () => {
      const answers = [];
      for (const secret of [...sessions, other]) answers.push((await ask(q.Add(1, 1), secret)).status);
      return answers;
    };
    expect((await ask(q.Logout(false), sessions[0])).resource).toBe(true);
    expect(await statuses()).toEqual([401, 200, 200, 200]);
    expect((await ask(q.Logout(true), sessions[1])).resource).toBe(true);
    expect(await statuses()).toEqual([401, 401, 401, 200]);
    expect((await ask(q.Count(q.Tokens()), server)).resource).toBe(1);
  });

  it('does nothing for keys', async () => {
    expect([(await ask(q.Logout(true), server)).resource, (await ask(q.Logout(false), server)).resource]).toEqual([
      false,
      false,
    ]);
  });
});

describe('passwords', () => {
  it('are stored as a hash, separately from the document', async () => {
    const credentials = q.Get(q.Select(['data', 0], q.Paginate(q.Credentials())));
    expect((await ask(credentials, server)).resource.hashed_password).toMatch(/^\$2[aby]\$10\$/);
    expect(JSON.stringify(await ask(q.Get(ada), server))).not.toContain('password');
  });

  it('of many documents are hashed together, each with its own salt', async () => {
    const ids = ['101', '102', '103', '104', '105'];
    const create = q.Lambda('id', q.Create(q.Ref(users, q.Var('id')), { credentials: { password: 'same' } }));
    expect((await ask(q.Foreach(ids, create), server)).status).toBe(200);
    const hashes = q.Map(q.Paginate(q.Credentials()), q.Lambda('c', q.Select('hashed_password', q.Get(q.Var('c')))));
    const { data } = (await ask(hashes, server)).resource;
    expect(new Set(data).size).toBe(6);
    expect((await ask(q.Identify(q.Ref(users, '105'), 'same'), server)).resource).toBe(true);
  });

  it('can be changed with the old one, or with write access to the document', async () => {
    await ask(
      q.CreateRole({
        name: 'own_credentials',
        membership: { resource: users },
        privileges: [
          { resource: q.Credentials(), actions: { read: true, write: true } },
          { resource: q.Ref('collections'), actions: { read: true } },
        ],
      }),
    );
    const { secret } = (await login('difference engine')).resource;
    const own = (await ask(q.Select(['data', 0], q.Paginate(q.Credentials())), server)).resource['@ref'].id;
    const change = (params: object) => ask(q.Update(q.Ref(q.Credentials(), own), params), secret);
    const wrong = [['validation failed', '']];
    expect((await change({ password: 'new' })).errors).toEqual(wrong);
    expect((await change({ password: 'new', current_password: 'guess' })).errors).toEqual(wrong);
    expect((await change({ hashed_password: 'a hash of mine' })).status).toBe(200);
    expect((await ask(q.Identify(ada, 'difference engine'), server)).resource).toBe(true);
    expect((await change({ password: 'new', current_password: 'difference engine' })).status).toBe(200);
    expect((await ask(q.Identify(ada, 'new'), server)).resource).toBe(true);
  });

  it('are hashed and compared only up to a limit', async () => {
    const many = q.Map(
      Array.from({ length: 1100 }, (_, i) => `guess ${i}`),
      q.Lambda('guess', q.Identify(ada, q.Var('guess'))),
    );
    expect(await ask(many, server)).toMatchObject({ status: 400, errors: [['bad request', '']] });
  });

  it('exist once for each document', async () => {
    const second = q.Create(q.Credentials(), { instance: ada, password: 'second' });
    expect((await ask(second, server)).errors).toEqual([['instance not unique', 'create']]);
  });
});
