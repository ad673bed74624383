import { openStore } from '@supertokens-faunadb/store';
import fc from 'fast-check';
import { query as q } from 'faunadb';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

// What a user may not read must not affect any answer, neither its content nor its order, counts or errors. So each query
// is asked in two databases that differ only in what its user may not read, and both answers must be the same.

const ROOT_KEY = 'the-root-key';
const COLLECTIONS = ['A', 'B', 'C'] as const;
/** The last one exists in one of the databases only, if it is forbidden. */
const IDS = ['1', '2', '3', '4', '5'] as const;
const OWNERS = ['ada', 'bob'] as const;
type Name = (typeof COLLECTIONS)[number];

/** Which documents a predicate allows, as FQL and in this test. */
const PREDICATES = {
  none: { fql: undefined, allows: () => false },
  all: { fql: true, allows: () => true },
  own: {
    fql: q.Query(
      q.Lambda(
        'ref',
        q.Equals(
          q.Select(['data', 'owner'], q.Get(q.Var('ref'))),
          q.Select(['data', 'name'], q.Get(q.CurrentIdentity())),
        ),
      ),
    ),
    allows: (id: string) => ownerOf(id) === 'ada',
  },
  first: {
    fql: q.Query(q.Lambda('ref', q.Equals(q.Select('id', q.Var('ref')), '1'))),
    allows: (id: string) => id === '1',
  },
  failing: { fql: q.Query(q.Lambda('ref', q.Divide(1, 0))), allows: () => false },
} as const;
type Predicate = keyof typeof PREDICATES;

/** What forbidden documents contain, in each of the two databases. */
const HIDDEN = ['left', 'lost'] as const;

const ownerOf = (id: string) => OWNERS[Number(id) % 2]!;

/** What a user's role allows. */
interface Role {
  readonly read: Readonly<Record<Name, Predicate>>;
  readonly history: Readonly<Record<Name, Predicate>>;
  readonly indexes: boolean;
  readonly functions: boolean;
}

const predicate = fc.constantFrom(...(Object.keys(PREDICATES) as Predicate[]));
const usually = fc.constantFrom(true, true, true, false);
const perCollection = fc.record({ A: predicate, B: predicate, C: predicate });
const roles: fc.Arbitrary<Role> = fc.record({
  read: perCollection,
  history: perCollection,
  indexes: usually,
  functions: usually,
});

/** A database, asked by a user with a role. */
interface World {
  ask(query: object | string): Promise<string>;
  /** @returns what has changed in the source of events that a query in FQL v10 returns */
  feed(source: string): Promise<string>;
  close(): Promise<void>;
}

/** The time before the databases' first transaction, in ms. */
const START = 1_700_000_000_000;

/** A database whose forbidden documents and versions have content of its own, and a user with this role. */
async function world(role: Role, hidden: string): Promise<World> {
  let now = START;
  const clock = () => (now += 1);
  const engine = openEngine({ store: await openStore({ memory: true }), rootKey: ROOT_KEY, clock });
  const ask = async (query: object | string, secret = ROOT_KEY): Promise<string> => {
    if (typeof query === 'string') {
      const { data, error, summary } = JSON.parse((await engine.execute(query10(secret, query))).body);
      return JSON.stringify({ data, error, summary });
    }
    const request = { query: JSON.stringify(query), secret, apiVersion: '4', timeout: 10_000, pretty: false } as const;
    return (await engine.execute(request)).body;
  };
  for (const name of COLLECTIONS) {
    await ask(
      `Collection.create({ name: "${name}", history_days: 30, indexes: {
        byOwner: { terms: [{ field: ".owner" }], values: [{ field: ".rank" }, { field: ".secret" }] },
        bySecret: { terms: [{ field: ".secret" }] }, sorted: { values: [{ field: ".rank" }] } } })`,
    );
  }
  await ask('Function.create({ name: "peek", body: "(name, id) => Collection(name).byId(id)" })');
  await ask(
    q.Do(
      q.CreateCollection({ name: 'users' }),
      q.CreateCollection({ name: 'elsewhere' }),
      ...COLLECTIONS.flatMap((name) => {
        const source = q.Collection(name);
        const field = (field: string) => ({ field: ['data', field] });
        return [
          q.CreateIndex({
            name: `${name}_all`,
            source,
            values: [field('rank'), field('secret'), { field: 'ref' }],
            active: true,
          }),
          q.CreateIndex({
            name: `${name}_owner`,
            source,
            terms: [field('owner')],
            values: [field('secret')],
            active: true,
          }),
          q.CreateIndex({ name: `${name}_secret`, source, terms: [field('secret')], active: true }),
        ];
      }),
    ),
  );
  const mayRead = (name: Name, id: string) =>
    PREDICATES[role.read[name]].allows(id) || PREDICATES[role.history[name]].allows(id);
  for (const version of ['old', 'new']) {
    for (const [at, name] of COLLECTIONS.entries()) {
      for (const id of IDS) {
        const isOpen = mayRead(name, id);
        const secret = `${isOpen ? 'open' : hidden} ${version} ${name}${id}`;
        const rank = (isOpen || hidden === HIDDEN[0] ? 1 : -2) * Number(id) + (version === 'old' ? 0.5 : 0);
        const link = q.Ref(q.Collection(COLLECTIONS[(at + 1) % 3]!), id);
        const isAbsent = id === IDS.at(-1) && !isOpen && hidden === HIDDEN[0];
        const ref = q.Ref(q.Collection(isAbsent ? 'elsewhere' : name), isAbsent ? `${at + 1}` : id);
        const params = { data: { owner: ownerOf(id), secret, rank, link } };
        await ask(version === 'old' ? q.Create(ref, params) : q.Update(ref, params));
      }
    }
  }
  await ask(q.Create(q.Ref(q.Collection('users'), '1'), { data: { name: 'ada' } }));
  const actions = (name: Name) => ({
    read: PREDICATES[role.read[name]].fql,
    history_read: PREDICATES[role.history[name]].fql,
  });
  await ask(
    q.CreateRole({
      name: 'reader',
      membership: { resource: q.Collection('users') },
      privileges: [
        { resource: q.Collection('users'), actions: { read: true } },
        ...COLLECTIONS.map((name) => ({ resource: q.Collection(name), actions: actions(name) })),
        ...(role.indexes
          ? COLLECTIONS.flatMap((name) =>
              ['all', 'owner', 'secret'].map((index) => ({
                resource: q.Index(`${name}_${index}`),
                actions: { read: true, history_read: true },
              })),
            )
          : []),
        ...(role.functions ? [{ resource: q.Function('peek'), actions: { call: true } }] : []),
      ],
    }),
  );
  const created = JSON.parse(await ask(q.Create(q.Tokens(), { instance: q.Ref(q.Collection('users'), '1') })));
  const { secret } = created.resource;
  return {
    ask: (query) => ask(query, secret),
    async feed(source) {
      const { data: token, error } = JSON.parse(await ask(source, secret));
      if (error !== undefined) return JSON.stringify(error);
      const body = JSON.stringify({ token, start_ts: (START + 10) * 1_000, page_size: 5 });
      const answer = await engine.execute({ kind: 'feed', secret, body, timeout: 10_000, tags: undefined });
      const { stats: _, ...page } = JSON.parse(answer.body);
      return JSON.stringify(page, (name, value) => (name === 'stats' ? undefined : value));
    },
    close: () => engine.close(),
  };
}

const names = fc.constantFrom(...COLLECTIONS);
const ids = fc.constantFrom(...IDS);
const fields = fc.constantFrom('secret', 'rank', 'owner', 'link');
/** Times before, between and after the versions. */
const times = fc.integer({ min: START - 10, max: START + 100 });
const constants = fc.constantFrom<unknown>('ada', 'open new A1', 'left new A1', 'lost new B2', 'm', 0, 1, 2, -2.5);

type Any = ReturnType<typeof q.Select>;

/** Queries in FQL v4 that read documents in all ways. */
const fql4 = fc.letrec<{ query: Any; ref: Any; set: Any; value: Any }>((tie) => {
  const ref = fc.tuple(names, ids).map(([name, id]) => q.Ref(q.Collection(name), id));
  // `Get` and `Exists` use the first element of a set, and tell whether it may be read, as in the real server. So they are
  // given sets whose order does not depend on what is forbidden.
  const ordered = fc.oneof(
    names.map((name) => q.Documents(q.Collection(name))),
    fc.tuple(names, fc.constantFrom(...OWNERS)).map(([name, owner]) => q.Match(q.Index(`${name}_owner`), owner)),
  );
  const field = (of: Any, name: string) => q.Select(['data', name], of, null);
  return {
    ref: fc.oneof(
      { maxDepth: 3 },
      ref,
      fc.tuple(tie('ref')).map(([of]) => field(q.Get(of), 'link')),
      fc.tuple(tie('set')).map(([set]) => q.Select(['data', 0], q.Paginate(set), null)),
    ),
    set: fc.oneof(
      { maxDepth: 3 },
      ordered,
      names.map((name) => q.Match(q.Index(`${name}_all`))),
      fc.tuple(names, constants).map(([name, term]) => q.Match(q.Index(`${name}_secret`), term as string)),
      fc.tuple(tie('set'), tie('set')).map(([a, b]) => q.Union(a, b)),
      fc.tuple(tie('set'), tie('set')).map(([a, b]) => q.Intersection(a, b)),
      fc.tuple(tie('set'), tie('set')).map(([a, b]) => q.Difference(a, b)),
      fc
        .tuple(tie('set'), names)
        .map(([set, name]) => q.Join(set, q.Lambda('x', q.Match(q.Index(`${name}_secret`), q.Var('x'))))),
      fc.tuple(tie('set')).map(([set]) => q.Distinct(set)),
      fc.tuple(tie('set')).map(([set]) => q.Reverse(set)),
      fc.tuple(tie('set'), constants, constants).map(([set, from, to]) => q.Range(set, from as string, to as string)),
      fc.tuple(tie('set')).map(([set]) => q.Filter(set, q.Lambda('x', q.Exists(q.Var('x'))))),
      fc.tuple(tie('ref')).map(([of]) => q.Singleton(of)),
      fc.tuple(tie('ref')).map(([of]) => q.Events(of)),
      fc.tuple(tie('set')).map(([set]) => q.Events(set)),
    ),
    value: fc.oneof(
      { maxDepth: 3 },
      constants.map((constant) => constant as Any),
      fc.tuple(tie('ref'), fields).map(([of, name]) => field(q.Get(of), name)),
      fc.tuple(ordered, fields).map(([of, name]) => field(q.Get(of), name)),
      fc.tuple(tie('query')).map(([of]) => q.ToString(of)),
      fc.tuple(tie('value'), tie('value')).map(([a, b]) => q.LT(a, b)),
      fc.tuple(tie('value'), tie('value')).map(([a, b]) => q.Equals(a, b)),
      fc.tuple(tie('value'), tie('value')).map(([a, b]) => q.Add(a, b)),
      fc.tuple(tie('value'), tie('query'), tie('query')).map(([a, b, c]) => q.If(q.IsString(a), b, c)),
    ),
    query: fc.oneof(
      { maxDepth: 3 },
      tie('value'),
      fc.tuple(tie('ref')).map(([of]) => q.Get(of)),
      ordered.map((of) => q.Get(of)),
      fc.tuple(tie('ref')).map(([of]) => q.Exists(of)),
      ordered.map((of) => q.Exists(of)),
      fc
        .tuple(tie('set'), fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.boolean())
        .map(([set, size, events, sources]) => q.Paginate(set, { size, events, sources })),
      fc
        .tuple(tie('set'), constants, fc.constantFrom('after', 'before'))
        .map(([set, cursor, side]) => q.Paginate(set, { size: 2, [side]: cursor })),
      fc.tuple(tie('set')).map(([set]) => q.Map(q.Paginate(set), q.Lambda('x', q.Get(q.Var('x'))))),
      fc.tuple(tie('set'), tie('query')).map(([set, of]) => q.Map(q.Paginate(set), q.Lambda('x', of))),
      fc
        .tuple(tie('set'))
        .map(([set]) => q.Filter(q.Paginate(set), q.Lambda('x', q.LT(field(q.Get(q.Var('x')), 'rank'), 2)))),
      fc.tuple(tie('set'), fc.constantFrom(q.Count, q.Sum, q.Mean, q.Min, q.Max)).map(([set, of]) => of(set)),
      fc.tuple(tie('set')).map(([set]) => q.Reduce(q.Lambda(['a', 'x'], q.Var('x')), 0, set)),
      fc.tuple(times, tie('query')).map(([time, of]) => q.At(q.Epoch(time, 'milliseconds'), of)),
      fc.tuple(tie('query'), tie('query')).map(([a, b]) => [a, b] as unknown as Any),
      fc.tuple(names, ids).map(([name, id]) => q.Call(q.Function('peek'), name, id)),
    ),
  };
}).query;

/** Queries in FQL v10 that read documents in all ways. */
const fql10 = fc.letrec<{ query: string; set: string; document: string }>((tie) => {
  const constant = constants.map((each) => JSON.stringify(each));
  const shown = fc.constantFrom('.secret', '.rank', '.owner', '.link', '{ secret, rank }', '.link.secret', '');
  const compared = fc
    .tuple(fc.constantFrom('secret', 'rank', 'owner'), fc.constantFrom('<', '>', '==', '!='), constant)
    .map(([field, operator, value]) => `.${field} ${operator} ${value}`);
  return {
    document: fc.oneof(
      { maxDepth: 2 },
      fc.tuple(names, ids).map(([name, id]) => `${name}.byId("${id}")`),
      fc.tuple(names, ids).map(([name, id]) => `peek("${name}", "${id}")`),
      fc.tuple(tie('set'), fc.constantFrom('first', 'last')).map(([set, which]) => `${set}.${which}()`),
      fc.tuple(names, compared).map(([name, predicate]) => `${name}.firstWhere(${predicate})`),
      fc.tuple(tie('document')).map(([of]) => `${of}!.link`),
    ),
    set: fc.oneof(
      { maxDepth: 3 },
      names.map((name) => `${name}.all()`),
      fc.tuple(names, fc.constantFrom(...OWNERS)).map(([name, owner]) => `${name}.byOwner("${owner}")`),
      fc.tuple(names, constant).map(([name, term]) => `${name}.bySecret(${term})`),
      fc.tuple(names, constant).map(([name, from]) => `${name}.sorted({ from: ${from} })`),
      fc.tuple(names, compared).map(([name, predicate]) => `${name}.where(${predicate})`),
      fc.tuple(tie('set'), compared).map(([set, predicate]) => `${set}.where(${predicate})`),
      fc
        .tuple(tie('set'), fc.constantFrom('.rank', 'desc(.secret)', '.owner'))
        .map(([set, by]) => `${set}.order(${by})`),
      fc
        .tuple(tie('set'), fc.constantFrom('reverse()', 'take(2)', 'drop(1)', 'distinct()'))
        .map(([set, call]) => `${set}.${call}`),
      fc.tuple(tie('set'), tie('set')).map(([a, b]) => `${a}.concat(${b})`),
      fc.tuple(tie('set'), tie('set')).map(([a, b]) => `${a}.flatMap(x => ${b}.take(1))`),
    ),
    query: fc.oneof(
      { maxDepth: 3 },
      fc.tuple(tie('document'), shown).map(([of, field]) => `${of}${field}`),
      fc.tuple(tie('document')).map(([of]) => `${of}.exists()`),
      fc.tuple(tie('document')).map(([of]) => `${of}?.secret`),
      fc.tuple(tie('document')).map(([of]) => `Object.assign({}, ${of})`),
      fc.tuple(tie('document')).map(([of]) => `"#{${of}}"`),
      fc.tuple(tie('set')).map(([set]) => set),
      fc.tuple(tie('set'), shown).map(([set, field]) => `${set}.map(x => x${field})`),
      fc
        .tuple(
          tie('set'),
          fc.constantFrom('count()', 'toArray()', 'isEmpty()', 'paginate(2)', 'pageSize(1)', 'nonEmpty()'),
        )
        .map(([set, call]) => `${set}.${call}`),
      fc.tuple(tie('set'), fc.constantFrom('any', 'every'), compared).map(([set, of, by]) => `${set}.${of}(${by})`),
      fc.tuple(tie('set')).map(([set]) => `${set}.fold("", (all, x) => "#{all} #{x.secret}")`),
      fc.tuple(tie('set')).map(([set]) => `${set}.eventSource() == null`),
      fc
        .tuple(times, tie('query'))
        .map(([time, of]) => `at (Time.fromString("${new Date(time).toISOString()}")) { ${of} }`),
      fc.tuple(tie('query'), tie('query')).map(([a, b]) => `[${a}, ${b}]`),
      fc.tuple(tie('query'), tie('query')).map(([a, b]) => `if (${a} == ${b}) 1 else 2`),
    ),
  };
}).query;

/** Sources of events, in FQL v10. */
const sources = fc
  .tuple(
    fc.oneof(
      names.map((name) => `${name}.all()`),
      fc.tuple(names, ids).map(([name, id]) => `Set.single(${name}.byId("${id}")!)`),
      fc.tuple(names, fc.constantFrom(...OWNERS)).map(([name, owner]) => `${name}.byOwner("${owner}")`),
      fc.tuple(names, constants).map(([name, term]) => `${name}.bySecret(${JSON.stringify(term)})`),
    ),
    fc.constantFrom(
      'eventSource()',
      'where(.rank > 1).eventSource()',
      'where(.secret < "m").eventSource()',
      'where(.link.secret == "x").eventSource()',
      'map(.secret).eventSource()',
      'eventsOn(.secret)',
      'eventsOn(.rank)',
    ),
  )
  .map(([set, end]) => `${set}.${end}`);

const SEED = Number(process.env.FUZZ_SEED ?? 20261130);
const ROLES = Number(process.env.FUZZ_ROLES ?? 12);

describe('what a user may not read', () => {
  it.each(
    fc.sample(roles, { numRuns: ROLES, seed: SEED }).map((role, i) => [JSON.stringify(role), role, SEED + i] as const),
  )('affects no answer where the role is %s', async (_, role, seed) => {
    const [left, right] = await Promise.all([world(role, HIDDEN[0]), world(role, HIDDEN[1])]);
    const isSame = async (query: object | string) => {
      const [a, b] = await Promise.all([left.ask(query), right.ask(query)]);
      expect(a).toBe(b);
    };
    await fc.assert(fc.asyncProperty(fql4, isSame), { numRuns: 100, seed });
    await fc.assert(fc.asyncProperty(fql10, isSame), { numRuns: 100, seed });
    const isSameFeed = async (source: string) => {
      const [a, b] = await Promise.all([left.feed(source), right.feed(source)]);
      expect(a).toBe(b);
    };
    await fc.assert(fc.asyncProperty(sources, isSameFeed), { numRuns: 30, seed });
    await Promise.all([left.close(), right.close()]);
  });
});
