import { query as q } from 'faunadb';
import { describe, expect, it } from 'vitest';
import { openDatabase, type Watched } from '../../../test/database.js';

describe('the set of all tokens', () => {
  it('can be watched, like that of all credentials, but no other native collection', async () => {
    const database = await openDatabase();
    await database.ask(q.CreateCollection({ name: 'users' }));
    const events = await database.watch(q.Documents(q.Tokens()));
    if (!('next' in events)) throw new Error('refused');
    expect((await events.next()).value).toMatchObject({ type: 'start' });
    const made = await database.ask(q.Create(q.Tokens(), { instance: q.Ref(q.Collection('users'), '1') }));
    const { type, event } = (await events.next()).value as Watched;
    expect([type, event.action, event.document.ref]).toEqual(['set', 'add', made.resource.ref]);
    expect(await database.watch(q.Documents(q.Credentials()))).toHaveProperty('next');
    for (const set of [q.Documents(q.Keys()), q.Documents(q.Databases()), q.Tokens()]) {
      expect(await database.watch(set)).toMatchObject({ errors: [['invalid argument', '']] });
    }
  });
});
