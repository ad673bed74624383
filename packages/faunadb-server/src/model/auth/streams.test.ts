import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase, ROOT_KEY, type Watched } from '../../../test/database.js';

let database: Database;
let ask: Database['ask'];
/** Acts as the first user. */
let ada: string;
let token: object;

const users = q.Collection('users');
const notes = q.Collection('notes');
const user = q.Ref(users, '1');
const note = (id: string) => q.Ref(notes, id);

beforeEach(async () => {
  database = await openDatabase();
  ({ ask } = database);
  await ask(q.Do(q.CreateCollection({ name: 'users' }), q.CreateCollection({ name: 'notes' })));
  await ask(q.Do(q.Create(user, {}), q.Create(note('1'), { data: { open: true } }), q.Create(note('2'), {})));
  const { resource } = await ask(q.Create(q.Tokens(), { instance: user }));
  ada = resource.secret;
  token = q.Ref(q.Tokens(), resource.ref['@ref'].id);
  const isOpen = q.Query(q.Lambda('ref', q.Select(['data', 'open'], q.Get(q.Var('ref')), false)));
  await ask(
    q.CreateRole({
      name: 'readers',
      membership: { resource: users },
      privileges: [{ resource: notes, actions: { read: isOpen } }],
    }),
  );
});

/** Opens a stream that is not refused, and takes its first event. */
async function watch(query: object, secret: string): Promise<() => Promise<Watched | undefined>> {
  const events = await database.watch(query, secret);
  if ('status' in events) throw new Error(`refused with ${events.status}`);
  const next = async () => {
    const { done, value } = await events.next();
    return done ? undefined : value;
  };
  expect((await next())?.type).toBe('start');
  return next;
}

const ALL = { read: true, write: true };
const LOST = { type: 'error', event: { code: 'permission denied' } };

describe('a stream', () => {
  it('reports only what the user may read', async () => {
    const next = await watch(q.Documents(notes), ada);
    await ask(q.Create(note('3'), { data: { open: false } }));
    await ask(q.Create(note('4'), { data: { open: true } }));
    expect((await next())?.event.document.ref['@ref'].id).toBe('4');
  });

  it('is refused without a valid secret', async () => {
    expect(await database.watch(note('1'), 'nobody')).toMatchObject({ status: 401 });
  });

  it.each<[string, () => object, (() => string)?]>([
    ['the token is deleted', () => q.Delete(token as never)],
    ['the token has expired', () => q.Update(token as never, { ttl: q.TimeSubtract(q.Now(), 1, 'second') })],
    ['the token is replaced', () => q.Replace(token as never, { instance: user })],
    ['the user logs out', () => q.Logout(true), () => ada],
    ['the user is deleted', () => q.Delete(user)],
  ])('ends when %s', async (_when, query, secret = () => ROOT_KEY) => {
    const next = await watch(note('1'), ada);
    await ask(query(), secret());
    await ask(q.Update(note('1'), { data: { n: 1 } }));
    expect(await next()).toMatchObject(LOST);
    expect(await next()).toBeUndefined();
  });

  it('ends at once, even if its source does not change', async () => {
    const next = await watch(note('1'), ada);
    await ask(q.Delete(token as never));
    expect(await next()).toMatchObject(LOST);
    expect(await next()).toBeUndefined();
  });

  it('goes on for others', async () => {
    const { resource } = await ask(q.Create(q.Tokens(), { instance: user }));
    const next = await watch(note('1'), resource.secret);
    await ask(q.Delete(token as never));
    await ask(q.Update(note('1'), { data: { n: 1 } }));
    expect(await next()).toMatchObject({ type: 'version', event: { action: 'update' } });
  });

  describe.each<[string, () => object]>([
    ['a role allows less', () => q.Update(q.Role('readers'), { privileges: [] })],
    ['a role allows more', () => q.Update(q.Role('readers'), { privileges: [{ resource: notes, actions: ALL }] })],
    ['a role is renamed', () => q.Update(q.Role('readers'), { name: 'others' })],
    ['a role has other members', () => q.Update(q.Role('readers'), { membership: { resource: notes } })],
    ['a role is deleted', () => q.Delete(q.Role('readers'))],
  ])('when %s', (_when, query) => {
    it('ends for a token at once', async () => {
      const next = await watch(note('1'), ada);
      await ask(query());
      expect(await next()).toMatchObject(LOST);
      expect(await next()).toBeUndefined();
    });

    it('ends for a key before it reports anything else', async () => {
      const { resource } = await ask(q.CreateKey({ role: q.Role('readers') }));
      const next = await watch(note('1'), resource.secret);
      await ask(q.Do(query() as never, q.Update(note('1'), { data: { n: 1 } })));
      expect(await next()).toMatchObject(LOST);
      expect(await next()).toBeUndefined();
    });
  });

  it.each<[string, object]>([
    ['another role', { role: 'server' }],
    ['another end', { ttl: q.TimeAdd(q.Now(), 1, 'day') }],
    ['another priority', { priority: 7 }],
  ])('ends when its key is given %s', async (_what, change) => {
    const { resource } = await ask(q.CreateKey({ role: 'admin' }));
    const next = await watch(note('1'), resource.secret);
    await ask(q.Update(q.Ref(q.Keys(), resource.ref['@ref'].id), change));
    expect(await next()).toMatchObject(LOST);
    expect(await next()).toBeUndefined();
  });

  it('ends when its document is no longer a member of a role, though the role is unchanged', async () => {
    const isActive = q.Query(q.Lambda('ref', q.Select(['data', 'active'], q.Get(q.Var('ref')), false)));
    const privileges = [{ resource: notes, actions: { read: true } }];
    await ask(q.Update(user, { data: { active: true } }));
    await ask(q.CreateRole({ name: 'active', membership: { resource: users, predicate: isActive }, privileges }));
    const next = await watch(note('2'), ada);
    await ask(q.Update(user, { data: { active: false } }));
    await ask(q.Update(note('2'), { data: { secret: 'not for you' } }));
    expect(await next()).toMatchObject(LOST);
  });

  it('continues with its initial rights while they are unchanged', async () => {
    const next = await watch(q.Documents(notes), ada);
    const privileges = [{ resource: notes, actions: { read: true } }];
    await ask(q.Update(token as never, { data: { note: 'of no effect' } }));
    await ask(q.Update(q.Role('readers'), { data: { note: 'of no effect' } }));
    await ask(q.CreateRole({ name: 'all', membership: { resource: users }, privileges }));
    await ask(q.Update(q.Role('all'), { privileges: [] }));
    await ask(q.Update(q.Role('all'), { privileges }));
    await ask(q.CreateCollection({ name: 'unrelated' }));
    await ask(q.Create(note('3'), { data: { open: false } }));
    await ask(q.Create(note('4'), { data: { open: true } }));
    expect((await next())?.event.document.ref['@ref'].id).toBe('4');
  });
});
