import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SchemaItem } from '../parse/schema-ast.js';
import { parseSchemaItems } from '../parse/schema-items.js';
import { diffItems } from './diff.js';
import { describing } from './patch.js';
import { itemText } from './print.js';

function items(text: string, name = 'main.fsl'): readonly SchemaItem[] {
  const read = parseSchemaItems(text, name);
  if (!read.ok) throw new Error(`${read.errors.map(({ message }) => message).join('\n')}\n${text}`);
  return read.value;
}

/** What queries have made of a schema has no positions: it is printed, and read from another text. */
const withoutPlace = (all: readonly SchemaItem[]): readonly SchemaItem[] =>
  all.flatMap((item) => items(itemText(item), '*null*'));

const patched = (before: string, after: string): string =>
  describing('main.fsl', new Map([['main.fsl', before]]), withoutPlace(items(after))).get('main.fsl') ?? '';

it('changes what is different, and nothing else', () => {
  const before = `// first
collection A {
  // about n
  n: Int   // trailing
  s: String = "x"
  index byN { terms [.n] }
}

/* before f */
function f(x) {
  // inside
  1 +   2
}
`;
  const after = before.replace('n: Int ', 'n: Int | Null ').replace(' = "x"', '').replace('[.n]', '[.n, .s]');
  expect(patched(before, after)).toBe(`// first
collection A {
  // about n
  n: Int | Null   // trailing
  s: String
  index byN { terms [.n, .s] }
}

/* before f */
function f(x) {
  // inside
  1 +   2
}
`);
});

it('adds members and annotations before the end, and items after it', () => {
  const after = '@alias(B)\ncollection A {\n  n: Int\n  unique [.n]\n}\nrole r { privileges A { read } }';
  expect(patched('collection A { }', after)).toBe(
    '@alias(B)\ncollection A {\n  unique [.n]\n  n: Int\n}\n\nrole r {\n  privileges A {\n    read\n  }\n}\n',
  );
});

// --- any schema can become any other

const path = fc.constantFrom('.a', '.b.c', '.["x y"]', '.d[0]');
const type = fc.constantFrom(
  'Int',
  'String?',
  'Array<Int>',
  '{ a: Int, *: Any }',
  '"x" | 1',
  'A => B',
  '(a: Int) => B',
);
const expression = fc.constantFrom('1', '"a#{b}c"', '[1, 2.50]', '{ a: 1 }', 'x => x.a!.b?.c(1)[2]', '(.a)', '-b ** 2');
const block = fc.constantFrom(
  '1',
  'let x: Int = 1\n  x',
  'if (true) { 1 } else 2',
  'A.all().where(.x == 1) { x, y: .z }',
);
const lambda = fc.constantFrom('(.a)', '(-.a * 2)', '(d => d.a)', '((d) => { let x = 1; x })');
const chosen = (members: fc.Arbitrary<string>[]) =>
  fc
    .tuple(fc.constantFrom('\n', ' ;  ', '\n // note\n\n'), ...members.map((each) => fc.option(each)))
    .map(([separator, ...found]) => found.filter((each) => each !== null).join(separator));
const braces = (content: string) => (content === '' ? '{ }' : `{ ${content} \n}`);
const days = fc.constantFrom('0', '1', '30');
const annotation = (text: string) => fc.constantFrom('', `@${text} `, `@${text}\n`);

const collection = fc
  .tuple(
    annotation('alias(Other)'),
    chosen([
      type.map((given) => `n: ${given}`),
      fc.tuple(type, expression).map(([given, value]) => `m: ${given} = ${value}`),
      fc.tuple(fc.option(type), lambda).map(([given, body]) => `compute c${given ? `: ${given}` : ''} = ${body}`),
      fc.constant('*: Any'),
      fc.array(path, { minLength: 1 }).map((terms) => `index i { terms [${terms.join(', ')}] }`),
      path.map((value) => `index j {\n    values [desc(mva(${value}))]\n  }`),
      path.map((term) => `unique [${term}]`),
      path.map((term) => `unique [.u, mva(${term})]`),
      lambda.map((body) => `check k ${body}`),
      days.map((given) => `history_days ${given}`),
      days.map((given) => `ttl_days ${given}`),
      fc.constantFrom('document_ttls true', 'document_ttls false'),
      expression.map((value) => `migrations {\n    add .n\n    backfill .n = ${value}\n  }`),
    ]),
  )
  .map(([alias, members]) => `${alias}collection A ${braces(members)}`);
const fn = fc
  .tuple(annotation('role(server)'), fc.constantFrom('()', '(x)', '(...x)', '(x: Int): Int'), block)
  .map(([role, signature, body]) => `${role}function f${signature} {\n  ${body}\n}`);
const predicate = lambda.map((body) => `{ predicate ${body} }`);
const role = chosen([
  chosen([fc.constant('read'), predicate.map((given) => `write ${given}`)]).map((all) => `privileges A ${braces(all)}`),
  fc.constant('privileges f { call }'),
  fc.constant('membership A'),
  predicate.map((given) => `membership B ${given}`),
]).map((members) => `role r ${braces(members)}`);
const provider = chosen([fc.constant('role r'), predicate.map((given) => `role s ${given}`)]).map(
  (members) => `access provider p ${braces(`issuer "i"\njwks_uri "j"${members === '' ? '' : `\n${members}`}`)}`,
);
const schema = fc
  .tuple(
    fc.constantFrom('', '// start\n', '\n\n'),
    fc.shuffledSubarray([0, 1, 2, 3]),
    fc.tuple(collection, fn, role, provider),
    fc.constantFrom('\n', '\n\n', '\n// between\n\n'),
    fc.constantFrom('', '\n', '\n// end\n'),
  )
  .map(([start, order, all, between, last]) => start + order.map((i) => all[i]).join(between) + last);

it('prints items so that they read the same', () => {
  fc.assert(
    fc.property(schema, (text) => {
      const read = items(text);
      expect(diffItems(read, items(read.map(itemText).join('\n')))).toEqual([]);
    }),
  );
});

it('turns any schema into any other', () => {
  fc.assert(
    fc.property(schema, schema, (before, after) => {
      const result = patched(before, after);
      expect(diffItems(items(result), items(after))).toEqual([]);
    }),
  );
});
