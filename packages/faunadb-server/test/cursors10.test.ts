import { openStore } from '@supertokens-faunadb/store';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

// Clients get cursors as text, and can change them.

const ROOT = 'the-root-key';
const store = await openStore({ memory: true });
const engine = openEngine({ store, rootKey: ROOT });
afterAll(async () => {
  await engine.close();
  await store.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
async function ask(query: string, secret = ROOT): Promise<any> {
  const { body } = await engine.execute(query10(secret, query));
  return JSON.parse(body);
}

const cursor = (set: unknown, position: unknown, time: unknown = null): string =>
  Buffer.from(JSON.stringify([set, position, time, 16])).toString('base64');
const page = (text: string, secret?: string) => ask(`Set.paginate(${JSON.stringify(text)})`, secret);

describe('a cursor that a client has changed', () => {
  it('shows nothing of a time when its user could not read it', async () => {
    await ask('Collection.create({ name: "Note", indexes: { byKind: { terms: [{ field: ".kind" }] } } })');
    await ask('Note.create({ id: 1, kind: "k", isPublic: false, text: "draft" })');
    const { txn_ts: then } = await ask('Note.byId(1)!.update({ n: 1 })');
    await ask('Note.byId(1)!.update({ isPublic: true, text: "published" })');
    await ask(
      'Role.create({ name: "reader", privileges: { resource: "Note", actions: { read: "note => note.isPublic" } } })',
    );
    const { data: secret } = await ask('Key.create({ role: "reader" }).secret');
    const { data: notes } = await ask('Note.all().toArray()', secret);
    expect(notes).toMatchObject([{ text: 'published' }]);
    for (const set of [
      'Note.all()',
      'Note.byKind("k")',
      'Note.all().where(note => note.kind == "k")',
      '[Note.byId(1)!].toSet()',
    ]) {
      const { data } = await ask(`${set}.concat(${set}).map(note => note.text).pageSize(1).paginate()`);
      const [made] = JSON.parse(Buffer.from(data.after, 'base64').toString());
      const { data: seen, error } = await page(cursor(made, null, String(then)), secret);
      if (error) expect(error.code).toBe('permission_denied');
      expect(seen?.data ?? []).not.toContain('draft');
      // Whoever may read it at any time sees it as it was then.
      expect((await page(cursor(made, null, String(then)))).data.data).toEqual(['draft']);
    }
  });

  it('is refused if its position is not one of its set', async () => {
    await ask(
      'Collection.create({ name: "Thing", indexes: { byKind: { terms: [{ field: ".kind" }], values: [{ field: ".n" }] } } })',
    );
    await ask('Thing.create({ id: 1, kind: "k" })');
    const sets = [
      ['index', ['m', null, 'Thing'], 'all', [], null, false],
      ['index', ['m', null, 'Thing'], 'byKind', ['k'], null, false],
      ['array', [1, 2]],
      ['sequence', 0, 9, false],
    ];
    const document = ['r', 1025, '1', null, null];
    const positions = [[], ['x'], [['l', '5']], [-1], [['t', '9'.repeat(30)]], [['f', null, 'abort'], document]];
    for (const set of sets) {
      for (const position of positions) {
        const { error, data } = await page(cursor(set, position));
        // A set of all documents needs the document alone.
        if (set[2] === 'all' && position.at(-1) === document) expect(data).toBeDefined();
        else expect(error?.code).toBe('invalid_cursor');
      }
    }
  });
});
