import faunadb, { type Expr, type ExprArg } from 'faunadb';

const { query: q } = faunadb;

/** Documents, entries of indexes and roles that the attacks go at. */
export interface Preparation {
  /** How long an attack may take, in ms. */
  readonly timeout: number;
  /** How many documents `things` has; each of the 101 terms of `by_group` has a fifth of them. */
  readonly documents: number;
}

/** What one client may ask, that keeps a server busy. */
export interface Attack {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it asks with a token of a role that may read one index; else with a server key. */
  readonly withToken: boolean;
}

const things = q.Collection('things');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const each = (count: number, body: (x: Expr) => ExprArg) =>
  q.Count(q.Map(numbers(count), q.Lambda('x', body(q.Var('x')))));
const groups = (count: number) => numbers(count).map((group) => q.Match(q.Index('by_group'), group));
const all = q.Documents(things);
const eachDocument = (size: number, body: (ref: Expr) => ExprArg) =>
  q.Count(q.Select('data', q.Map(q.Paginate(all, { size }), q.Lambda('ref', body(q.Var('ref'))))));
const LONG_NEEDLE = `${'a'.repeat(15_000)}b${'a'.repeat(15_000)}`;
const longText = (length: number) => q.Repeat('ab c', length / 4);

/** The attacks, on as many documents as were prepared. */
export function attacks({ documents, timeout }: Preparation): Attack[] {
  const attack = (name: string, query: Expr | string, withToken = false): Attack => ({
    name,
    path: '/',
    headers: { 'x-faunadb-api-version': '4', 'x-query-timeout': String(timeout) },
    body: typeof query === 'string' ? query : JSON.stringify(query),
    withToken,
  });
  return [
    attack('difference of 101 sets', q.Count(q.Difference(...groups(101))), true),
    attack('union of 20 sets', q.Count(q.Union(...groups(20))), true),
    attack('intersection of 20 sets', q.Count(q.Intersection(...groups(20))), true),
    attack('join', q.Count(q.Join(all, q.Lambda('ref', q.Match(q.Index('by_group'), 1))))),
    attack('distinct of a set', q.Count(q.Distinct(q.Union(...groups(20)))), true),
    attack('reverse of a set', q.Count(q.Reverse(all))),
    attack('events of a set', q.Count(q.Paginate(q.Events(q.Match(q.Index('by_group'), 1)), { size: 100_000 }))),
    attack(
      'updating all',
      eachDocument(documents, (ref) => q.Update(ref, { data: { m: 1 } })),
    ),
    attack(
      'updating a few thousand',
      eachDocument(3_000, (ref) => q.Update(ref, { data: { m: 2 } })),
    ),
    attack(
      'deleting all',
      eachDocument(documents, (ref) => q.Delete(ref)),
    ),
    attack('8 MB of 1e308', `[${'1e308,'.repeat(1_398_000)}1]`),
    attack('8 MB of ""', `[${'"",'.repeat(2_790_000)}1]`),
    attack(
      'contains value',
      each(2_000, (x) => q.ContainsValue(x, q.Let({ n: numbers(2_000) }, q.Var('n')))),
    ),
    attack('title case', q.Length(q.TitleCase(longText(100_000)))),
    attack('case fold', q.Length(q.Casefold(longText(1_000_000)))),
    attack(
      'to string of doubles',
      each(10_000, (x) => numbers(30).map((n) => q.ToString(q.Add(x, n + 0.1)))),
    ),
    attack(
      'sine',
      each(10_000, (x) => numbers(15).map((n) => q.Sin(q.Add(x, n)))),
    ),
    attack('distinct of an array', q.Count(q.Distinct(numbers(10_000).map((n) => [n])))),
    attack(
      'reverse of an array',
      each(2_000, () => q.Reverse(numbers(2))),
    ),
    attack('page of all', q.Paginate(all, { size: 100_000 })),
    attack('documents of a page', q.Map(q.Paginate(all, { size: 100_000 }), q.Lambda('ref', q.Get(q.Var('ref'))))),
    attack('search for a long text', q.ContainsStr(q.Repeat('a', 700_000), LONG_NEEDLE)),
    attack('one long text, many times', q.Let({ s: longText(900_000) }, Array(900).fill(q.Var('s')))),
    attack('regular expression', q.FindStrRegex(q.Repeat('a', 20_000), '(a*)*b')),
    attack(
      'strings that grow',
      each(60, (x) => q.Length(q.Concat([q.Repeat('abc', 300_000), q.ToString(x)]))),
    ),
  ];
}
