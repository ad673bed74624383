import fc from 'fast-check';
import { expect, it } from 'vitest';
import { render } from './diagnostic.js';
import { termsOf, valuesOf } from './schema-ast.js';
import { parseSchemaItems } from './schema-items.js';

const TEXT = `
// Everything that a collection can have.
@alias(Bee)
collection B {
  n: Int = 1
  o: { x: Int?, "a b": String }
  compute c: Number = d => d.n + 1
  *: Any
  index byN {
    terms [.n, mva(.tags)]
    values [desc(.c), asc(mva(.z))]
  }
  unique [.n]
  check k (.n > 0)
  history_days 2; ttl_days 3
  document_ttls true
  migrations {
    add .n
    backfill .n = 0
    split .a -> .b, .c
    move .d -> .e
    move_conflicts .f
  }
}

@role(server)
function f(x: Int, ...rest: String): Int { x }

role r {
  privileges B { read; write { predicate ((o, n) => o == n) } }
  membership B { predicate (.ok) }
}
access provider p { issuer "https://i.example"; jwks_uri "https://i.example/jwks"; role r }
`;

const messages = (text: string) => {
  const read = parseSchemaItems(text, 'main.fsl');
  return read.ok ? [] : read.errors.map((each) => each.message);
};

it('reads every kind of item', () => {
  const read = parseSchemaItems(TEXT, 'main.fsl');
  if (!read.ok) throw new Error(read.errors.map((each) => render(each)).join('\n'));
  const [collection, fn, role, provider] = read.value;
  if (collection?.kind !== 'collection') throw new Error('no collection');
  expect(TEXT.slice(collection.span.start, collection.span.start + 4)).toBe('// E');
  expect(collection.alias?.config.name.text).toBe('Bee');
  expect(collection.fields.map(({ kind, name }) => [kind, name.text])).toEqual([
    ['defined', 'n'],
    ['defined', 'o'],
    ['computed', 'c'],
    ['wildcard', '*'],
  ]);
  expect(termsOf(collection.indexes[0]!).map(({ mva }) => mva)).toEqual([false, true]);
  expect(valuesOf(collection.indexes[0]!).map(({ ascending, mva }) => [ascending, mva])).toEqual([
    [false, false],
    [true, true],
  ]);
  expect([collection.historyDays, collection.ttlDays].map((days) => days?.config.value)).toEqual([2n, 3n]);
  expect(collection.migrations?.config.items.map(({ kind }) => kind)).toEqual([
    'add',
    'backfill',
    'split',
    'move',
    'move_conflicts',
  ]);
  expect(fn?.kind === 'function' && fn.signature.parameters.map(({ variadic }) => variadic)).toEqual([false, true]);
  expect(role?.kind === 'role' && role.privileges[0]?.config.members.map(({ keyword }) => keyword)).toEqual([
    'read',
    'write',
  ]);
  expect(provider?.kind === 'access provider' && provider.roles.map(({ name }) => name.text)).toEqual(['r']);
});

it('says what is wrong, and where', () => {
  const read = parseSchemaItems('collection A {\n  n: Int\n  n: String\n}', 'main.fsl');
  expect(!read.ok && render(read.errors[0]!)).toBe(`error: Duplicate field \`n\`
at main.fsl:3:3
  |
3 |   n: String
  |   ^
  |
hint: Originally defined here
at main.fsl:2:3
  |
2 |   n: Int
  |   ^
  |`);
});

it.each([
  ['collection A { id: Int }', 'Invalid reserved name `id`'],
  ['collection A { n = 1 }', 'Expected a type signature'],
  ['collection A { migrations { split .a -> .b, .b } }', 'Expected list of fields with no duplicates'],
  ['collection A { migrations { split .a -> .b } }', 'Expected at least two fields to split into'],
  ['function f(x: Int, y): Int { 1 }', 'All or no arguments must have a type'],
  ['role r { privileges A { fly } }', 'Invalid action `fly`'],
  ['access provider p { }', 'Missing issuer'],
  ['@role(r) collection A { }', 'Annotation not supported here'],
  ['index i { }', 'Invalid schema item `index`'],
  ['collection A { } collection B { }', 'Expected end-of-input'],
])('refuses %s', (text, message) => {
  expect(messages(text)[0]).toBe(message);
});

it('ends on any text', () => {
  const words = fc.constantFrom(
    ...[
      'collection',
      'function',
      'role',
      'A',
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ':',
      '=',
      '\n',
      ';',
      '"',
      "'",
      '.a',
      '//',
      '/*',
    ],
    ...['*/', '@alias(', 'index', 'terms', 'check', 'compute', 'migrations', 'split', '->', ',', '=>', 'x', '1', '#{'],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }), (parts) => {
      const read = parseSchemaItems(parts.join(' '), 'main.fsl');
      if (!read.ok) for (const each of read.errors) render(each);
    }),
  );
});
