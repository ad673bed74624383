import fc from 'fast-check';
import { Expr, query as q } from 'faunadb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');
const COLOURS = ['red', 'green', 'blue'];
const SHAPES = ['round', 'square'];

interface Thing {
  readonly id: number;
  readonly colour: string;
  readonly shape: string;
}

/** Ids in an order that differs from that of their digits and of their creation. */
const ALL: readonly Thing[] = Array.from({ length: 40 }, (_, i) => ({
  id: ((i * 17) % 40) * 3 + 5,
  colour: COLOURS[i % 3]!,
  shape: SHAPES[i % 2]!,
}));

beforeAll(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things' }));
  for (const field of ['colour', 'shape']) {
    await ask(q.CreateIndex({ name: field, source: things, terms: [{ field: ['data', field] }] }));
  }
  for (const { id, ...data } of ALL) await ask(q.Create(q.Ref(things, String(id)), { data }));
});

/** A set, and its expected ids in order. */
interface Case {
  readonly set: Expr;
  readonly ids: readonly number[];
  readonly text: string;
}

const matching = (test: (thing: Thing) => boolean) =>
  ALL.filter(test)
    .map(({ id }) => id)
    .sort((a, b) => a - b);

const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc
    .constantFrom(...COLOURS)
    .map((c) => ({ set: q.Match('colour', c), ids: matching((t) => t.colour === c), text: c })),
  fc.constantFrom(...SHAPES).map((s) => ({ set: q.Match('shape', s), ids: matching((t) => t.shape === s), text: s })),
  fc.constant({ set: q.Documents(things), ids: matching(() => true), text: 'all' }),
  fc.constantFrom(...ALL).map(({ id }) => ({ set: q.Singleton(q.Ref(things, String(id))), ids: [id], text: `${id}` })),
);

const { set: anySet } = fc.letrec<{ set: Case }>((tie) => {
  const several = fc.array(tie('set'), { minLength: 1, maxLength: 3 });
  const named = (name: string, sets: readonly Case[]) => `${name}(${sets.map(({ text }) => text).join(', ')})`;
  return {
    set: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'set' },
      leaf,
      several.map((sets) => ({
        set: q.Union(...sets.map(({ set }) => set)),
        ids: [...new Set(sets.flatMap(({ ids }) => ids))].sort((a, b) => a - b),
        text: named('union', sets),
      })),
      several.map((sets) => ({
        set: q.Intersection(...sets.map(({ set }) => set)),
        ids: sets[0]!.ids.filter((id) => sets.every(({ ids }) => ids.includes(id))),
        text: named('intersection', sets),
      })),
      several.map((sets) => ({
        set: q.Difference(...sets.map(({ set }) => set)),
        ids: sets[0]!.ids.filter((id) => sets.slice(1).every(({ ids }) => !ids.includes(id))),
        text: named('difference', sets),
      })),
      tie('set').map((inner) => ({ ...inner, set: q.Distinct(inner.set), text: named('distinct', [inner]) })),
      fc.tuple(tie('set'), fc.nat(125), fc.nat(125)).map(([inner, from, to]) => ({
        set: q.Range(inner.set, q.Ref(things, String(from)), q.Ref(things, String(to))),
        ids: inner.ids.filter((id) => id >= from && id <= to),
        text: `range(${inner.text}, ${from}, ${to})`,
      })),
      tie('set').map((inner) => ({
        set: q.Join(inner.set, q.Lambda('ref', q.Singleton(q.Var('ref')))),
        ids: inner.ids,
        text: named('join', [inner]),
      })),
      tie('set').map((inner) => ({
        set: q.Filter(inner.set, q.Lambda('ref', q.LT(q.ToNumber(q.Select('id', q.Var('ref'))), 60))),
        ids: inner.ids.filter((id) => id < 60),
        text: named('filter', [inner]),
      })),
    ),
  };
});

const idsOf = (page: { data: readonly { '@ref': { id: string } }[] }) => page.data.map((ref) => Number(ref['@ref'].id));

/** Goes through a set page by page, following the cursors. */
async function walk(set: Expr, size: number, backwards: boolean): Promise<number[]> {
  const found: number[][] = [];
  let cursor: unknown = backwards ? null : undefined;
  do {
    const side = cursor === undefined ? {} : backwards ? { before: cursor } : { after: cursor };
    const { resource } = await ask(q.Paginate(set, { size, ...side } as never));
    const ids = idsOf(resource);
    if (backwards) found.unshift(ids);
    else found.push(ids);
    cursor = resource[backwards ? 'before' : 'after'];
    // A cursor is passed back unchanged.
    if (cursor !== undefined) cursor = new Expr(cursor as object);
  } while (cursor !== undefined);
  return found.flat();
}

describe('sets of sets', () => {
  it('have the elements of set theory, in order, for every page size', async () => {
    await fc.assert(
      fc.asyncProperty(anySet, fc.integer({ min: 1, max: 50 }), async ({ set, ids, text }, size) => {
        expect(await walk(set, size, false), text).toEqual(ids);
        expect(await walk(set, size, true), text).toEqual(ids);
        expect((await ask(q.Count(set))).resource, text).toBe(ids.length);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('are reversed by reverse', async () => {
    await fc.assert(
      fc.asyncProperty(anySet, fc.integer({ min: 1, max: 50 }), async ({ set, ids, text }, size) => {
        expect(await walk(q.Reverse(set), size, false), text).toEqual([...ids].reverse());
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe('the events of combined sets', () => {
  it('merge those of a document and an index, additions before creations', async () => {
    const ref = q.Ref(things, '1000');
    await ask(q.Create(ref, { data: { colour: 'black' } }));
    const { resource } = await ask(q.Paginate(q.Union(q.Events(q.Match('colour', 'black')), q.Events(ref))));
    expect(resource.data.map((e: { action: string }) => e.action)).toEqual(['add', 'create']);
    await ask(q.Delete(ref));
  });
});
