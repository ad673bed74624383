import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];
/** Opens a database inside a protected one. */
let inner: string;

const things = q.Collection('things');
const refused = ['schema validation failed', ''];

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateDatabase({ name: 'outer', protected: true }));
  const outer = (await ask(q.CreateKey({ role: 'admin', database: q.Database('outer') }))).resource.secret;
  await ask(q.CreateDatabase({ name: 'inner' }), outer);
  inner = (await ask(q.CreateKey({ role: 'admin', database: q.Database('inner') }), outer)).resource.secret;
  await ask(q.CreateCollection({ name: 'things', history_days: 2 }), inner);
});

describe('a protected database', () => {
  it('keeps its collections and indexes', async () => {
    await ask(q.CreateIndex({ name: 'all', source: things }), inner);
    expect((await ask(q.Delete(things), inner)).errors).toEqual([refused]);
    expect((await ask(q.Delete(q.Index('all')), inner)).errors).toEqual([refused]);
    expect((await ask([q.Exists(things), q.Exists(q.Index('all'))] as never, inner)).resource).toEqual([true, true]);
  });

  it("does not shorten its documents' history or lifetime", async () => {
    const update = async (fields: object) => (await ask(q.Update(things, fields), inner)).errors;
    expect(await update({ history_days: 1, ttl_days: 1 })).toEqual([refused, refused]);
    expect(await update({ history_days: null })).toEqual([refused]);
    expect(await update({ history_days: 3, data: {} })).toEqual([]);
  });

  it('inherits protection unless it overrides it', async () => {
    await ask(q.CreateDatabase({ name: 'open', protected: false }), inner);
    const open = (await ask(q.CreateKey({ role: 'admin', database: q.Database('open') }), inner)).resource.secret;
    await ask(q.CreateCollection({ name: 'things' }), open);
    expect((await ask(q.Delete(things), open)).status).toBe(200);
  });
});
