import type { Attack, Preparation } from './attacks.js';

const times = (count: number, text: (i: number) => string, separator = '\n') =>
  Array.from({ length: count }, (_, i) => text(i)).join(separator);

/** Values that contain each other: small in memory, endless when they are written out. */
const shared = (last: string) => `let p0 = [1, "a"]\n${times(40, (i) => `let p${i + 1} = [p${i}, p${i}]`)}\n${last}`;
const sharedSets = (first: string, last: string) =>
  `let s = Set.sequence(0, 45).fold(${first}.toSet(), (a, _) => a.concat(a))\n${last}`;
const SEQUENCE = 'Array.sequence(0, 16000)';
const LONG = 'x'.repeat(1_400_000);
const HALF = 'a'.repeat(15_000);

const COLLECTION = (i: number) => `collection Coll${i} {
  a: Int?
  index byA { terms [.a] }
  compute b: Int? = (d => d.a)
}`;

/** The attacks in FQL v10, on the same documents. */
export function attacks10({ timeout }: Preparation): Attack[] {
  const headers = { 'content-type': 'application/json', 'x-query-timeout-ms': String(timeout) };
  const attack = (
    name: string,
    query: string,
    more: { args?: object; typecheck?: boolean; token?: true } = {},
  ): Attack => ({
    name: `FQL v10: ${name}`,
    path: '/query/1',
    headers: { ...headers, 'x-typecheck': String(more.typecheck ?? false) },
    body: JSON.stringify({ query, arguments: more.args ?? {} }),
    withToken: more.token ?? false,
  });
  const schema = times(300, COLLECTION);
  return [
    attack('members of members', 'a.'.repeat(400_000)),
    attack('types of overloads', `(a, b, c, d) => ${times(60, () => 'a+b*c-d', '+')}`, { typecheck: true }),
    attack('types of shared values', shared('p40[0]'), { typecheck: true }),
    attack('one long text, many times', `[${'a,'.repeat(1_900)}a]`, { args: { a: LONG } }),
    attack('search for a long text', '[a.includes(b), a.lastIndexOf(b)]', {
      args: { a: 'a'.repeat(700_000), b: `${HALF}b${HALF}` },
    }),
    attack('texts that are no numbers', '[a.parseDouble(), b.parseDouble(), c.parseLong()]', {
      args: { a: `${'1'.repeat(700_000)}x`, b: `1${' '.repeat(700_000)}1`, c: `${'0'.repeat(700_000)}x` },
    }),
    attack('characters of a long text', `${SEQUENCE}.map(x => a.at(1390000)).length`, { args: { a: LONG } }),
    attack('shared values', shared('[[p40, p40].distinct(), [p40].includes(p40), [Set.single(p40)].order()]')),
    attack('shared sets', sharedSets('[1]', '[s.reverse(), s == s.concat(s), s.count()]')),
    attack('shared empty sets', sharedSets('[]', 'let t = s.concat(s)\n[s == t, s.count()]')),
    attack('many messages', `${SEQUENCE}.forEach(x => log(x))\n//${'\n'.repeat(3_900)}`),
    attack('pages of cursors', `let s = ${SEQUENCE}.toSet()\n${SEQUENCE}.map(x => s.paginate(1).after)`),
    attack('regular expression', `"${'a'.repeat(2_000)}".matches("(a*)*b")`),
    attack('updating all', 'things.all().forEach(x => x.update({ m: 1 }))'),
    attack('every pair of documents', 'things.all().flatMap(x => things.all()).count()'),
    {
      name: 'FQL v10: checking a schema of 300 collections',
      path: '/schema/1/validate',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\ncontent-disposition: form-data; name="main.fsl"\r\n\r\n${schema}\r\n--b--\r\n`,
      withToken: false,
    },
  ];
}
