import { query as q } from 'faunadb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');
const red = q.Match('colour', 'red');
const round = q.Match('shape', 'round');

/** The terms of the sets in which the first element or event of a page was found. */
const sourcesOf = async (set: object, options = {}) => {
  const { resource } = await ask(q.Paginate(set as never, { ...options, sources: true }));
  const terms = ({ '@set': parts }: { '@set': Record<string, unknown> }) =>
    parts.terms ?? (parts.events as Record<string, unknown> | undefined)?.terms;
  return resource.data[0].sources.map(terms);
};

beforeAll(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things', history_days: 1 }));
  for (const field of ['colour', 'shape']) {
    await ask(q.CreateIndex({ name: field, source: things, terms: [{ field: ['data', field] }] }));
  }
  await ask(q.Create(q.Ref(things, '1'), { data: { colour: 'red', shape: 'round' } }));
  await ask(q.Create(q.Ref(things, '2'), { data: { colour: 'red', shape: 'square' } }));
});

describe('the sources of an element', () => {
  it('are all sets that contain it, the last first', async () => {
    expect(await sourcesOf(q.Union(red, round))).toEqual(['round', 'red']);
    expect(await sourcesOf(q.Union(red, round), { events: true })).toEqual(['round', 'red']);
  });

  it('are listed once each', async () => {
    expect(await sourcesOf(q.Union(red, round, q.Match('colour', 'red')))).toEqual(['red', 'round']);
  });

  it('are all sets that a join leads to', async () => {
    const set = q.Join(red, q.Lambda('ref', q.Union(q.Match('shape', 'round'), q.Match('colour', 'red'))));
    expect(await sourcesOf(set)).toEqual(['red', 'round']);
    const different = q.Lambda('ref', q.If(q.Equals(q.Var('ref'), q.Ref(things, '1')), round, red));
    expect(await sourcesOf(q.Join(red, different))).toEqual(['red', 'round']);
  });
});

describe('a page with a negative size', () => {
  it('has no next page', async () => {
    const after = q.Ref(things, '2');
    expect((await ask(q.Paginate(red, { size: 0, after }))).resource).toHaveProperty('after');
    expect((await ask(q.Paginate(red, { size: -1, after }))).resource).not.toHaveProperty('after');
  });

  it('have no form where it is the documents of a collection', async () => {
    const shown = async (set: object, options = {}) =>
      (await ask(q.Paginate(set as never, { ...options, sources: true }))).resource.data[0].sources;
    const hidden = { '@set': null };
    expect(await shown(q.Documents(things))).toEqual([hidden]);
    expect(await shown(q.Collections())).toEqual([hidden]);
    expect(await shown(q.Union(q.Documents(things), red), { events: true })).toEqual([expect.anything(), hidden]);
    expect(await shown(q.Documents(things), { events: true })).toEqual([
      { '@set': { events: { documents: expect.anything() } } },
    ]);
    expect(await shown(q.Reverse(q.Documents(things)))).toEqual([
      { '@set': { reverse: { '@set': { documents: expect.anything() } } } },
    ]);
  });
});
