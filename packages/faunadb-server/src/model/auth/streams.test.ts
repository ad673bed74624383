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

const LOST = { type: 'error', event: { code: 'permission denied' } };

describe('a stream', () => {
  it('tells of what the user may read, and of nothing else', async () => {
    const next = await watch(q.Documents(notes), ada);
    await ask(q.Create(note('3'), { data: { open: false } }));
    await ask(q.Create(note('4'), { data: { open: true } }));
    expect((await next())?.event.document.ref['@ref'].id).toBe('4');
  });

  it('is refused to those whose secret opens nothing', async () => {
    expect(await database.watch(note('1'), 'nobody')).toMatchObject({ status: 401 });
  });

  it.each<[string, () => object, (() => string)?]>([
    ['the token is deleted', () => q.Delete(token as never)],
    ['the token has run out', () => q.Update(token as never, { ttl: q.TimeSubtract(q.Now(), 1, 'second') })],
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

  it('ends at once, even if nothing happens to what is watched', async () => {
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

  it('tells nothing more when the role no longer allows it', async () => {
    const next = await watch(note('1'), ada);
    await ask(q.Delete(q.Role('readers')));
    await ask(q.Update(note('1'), { data: { secret: 'not for you' } }));
    await ask(q.Delete(token as never));
    expect(await next()).toMatchObject(LOST);
  });
});
