import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../parse/diagnostic.js';
import { parseType } from '../parse/parse.js';
import { parseSchemaItems } from '../parse/schema-items.js';
import { isSubtype } from './annotated.js';
import { checkSchema } from './schema.js';
import { uncheckedType } from './written.js';

function check(text: string, { isTypechecked = true, functions4 = [] as string[], roles4 = [] as string[] } = {}) {
  const read = parseSchemaItems(text, 'main.fsl');
  if (!read.ok) throw new Error(read.errors.map((each) => render(each)).join('\n'));
  return checkSchema({ items: read.value, functions4, roles4 }, isTypechecked);
}
/** The errors of a schema, each with its line. */
function errorsOf(text: string, options?: Parameters<typeof check>[1]): readonly string[] {
  const checked = check(text, options);
  if (checked.ok) return [];
  return checked.errors.map((each) => {
    const [message, place = ''] = render(each).split('\n');
    return `${message?.replace('error: ', '')} at ${place.replace(/^at main\.fsl:/, '')}`;
  });
}

describe('a valid schema', () => {
  it.each([
    'collection A {}\nfunction f() { A.all().count() }',
    'collection A { a: Int\n compute b = (doc) => doc.a + 1\n compute c: Number = (doc) => doc.b\n index byB { terms [.b] } }',
    'collection A { other: Ref<B>? }\ncollection B { as: Array<Ref<A>> = [] }',
    '@alias(X) collection A {}\nfunction f() { X.all().first()?.id }\nrole r { privileges X { read } }',
    'function even(n: Number): Boolean { if (n == 0) true else odd(n - 1) }\nfunction odd(n: Number): Boolean { if (n == 0) false else even(n - 1) }',
    'function id(x: A): A { x }\nfunction two() { [id(1), id("a")] }',
    'function sum(...ns: Number): Number { ns.fold(0, (a, b) => a + b) }\nfunction f() { sum(1, 2) }',
    'collection A { n: Int\n check positive (doc => doc.n > 0) }',
    'role r { privileges Key { read { predicate (doc => doc.role == "server") } } }',
  ])('%s', (text) => {
    expect(errorsOf(text)).toEqual([]);
  });

  it('may call functions and use roles of FQL v4', () => {
    const text =
      'function f() { old(1, 2).x }\nrole r { privileges old { call } }\n' +
      'access provider p { issuer "a"\n jwks_uri "https://a"\n role older }';
    expect(errorsOf(text, { functions4: ['old'], roles4: ['older'] })).toEqual([]);
    expect(errorsOf(text)).toEqual(['Unbound variable `old` at 1:16']);
  });
});

describe('an invalid schema', () => {
  it.each([
    ['collection A { a: Nope }', 'Unknown type `Nope` at 1:19'],
    ['collection A { a: Set<Int> }', 'Field `a` in collection A is not persistable at 1:19'],
    ['collection A { a: Ref<Int> }', 'Reference type must refer to a doc type at 1:19'],
    ['collection A { a: Int = "x" }', 'Type `String` is not a subtype of `Int` at 1:25'],
    ['collection A { *: Int }', 'Top-level wildcard must have type `Any` at 1:19'],
    [
      'collection A { a: Int\n check c (doc => doc.a) }',
      'Type `{ a: B, ... } => B` is not a subtype of `A => Boolean | Null` at 2:11',
    ],
    [
      'collection A { a: Int\n index i { terms [.b] } }',
      'Type `{ id: ID, ts: Time, ttl: Time | Null, a: Int }` does not have field `b` at 2:20',
    ],
    ['function f() { f() }', 'Recursively defined `f` needs explicit type. at 1:1'],
    ['function f(x: Int): String { x }', 'Type `Int` is not a subtype of `String` at 1:15'],
    ['function f(x: Nope): Int { 1 }', 'Unknown type `Nope` at 1:15'],
    ['role r { privileges A { read } }', 'Resource `A` does not exist at 1:21'],
    ['function f() { 1 }\nrole r { membership f }', 'Resource `f` does not exist at 2:21'],
    ['role r { privileges Key { read { predicate (doc => nope) } } }', 'Unbound variable `nope` at 1:52'],
    [
      'access provider p { issuer "a"\n jwks_uri "https://a"\n role admin }',
      'Builtin role `admin` is not allowed at 3:7',
    ],
  ])('%s', (text, error) => {
    expect(errorsOf(text)).toEqual([error]);
  });

  it('suggests references to documents', () => {
    const checked = check('collection A {}\ncollection B { a: A }');
    expect(checked.ok ? '' : checked.errors.map((each) => render(each)).join('\n')).toContain(
      'hint: Use Ref<A> as the type of a reference to a A document',
    );
    expect(errorsOf('collection A {}\ncollection B { a: A | EmptyRef<A>, b: A | NullA }'.replace(',', '\n'))).toEqual(
      [],
    );
  });

  it('reports each function on a circle that it meets first', () => {
    const circle = (names: string) =>
      [...names].map((n, i) => `function ${n}() { ${names[(i + 1) % names.length]}() }`);
    expect(errorsOf(circle('ab').join('\n'))).toEqual(['Recursively defined `a` needs explicit type. at 1:1']);
    expect(errorsOf(circle('abcdefghijkl').join('\n'))).toHaveLength(1);
  });

  it.each([
    ['(doc) => f(doc.a)', 'call UDFs at 2:25'],
    ['(doc) => B.all().count()', 'access collections at 2:25'],
    ['(doc) => doc.d', 'use computed fields at 2:29'],
    ['(.ts)', "use a doc's ts field at 2:18"],
  ])('does not index %s', (body, error) => {
    const text = `collection A { a: Int\n   compute c = ${body}\n compute d = (doc) => 1\n index i { terms [.c] } }
collection B {}
function f(x) { x }`;
    expect(errorsOf(text)).toEqual([`Computed fields used in indexes or constraints cannot ${error}`]);
    expect(errorsOf(text.replace('index i { terms [.c] }', ''))).toEqual([]);
  });
});

it('finds the types of functions and computed fields', () => {
  const checked = check(`collection A { n: Int
    compute m = (doc) => doc.n + 1
    compute same: Int = (doc) => doc.n }
function id(x) { x }
function add(a, b) { a + b }
function all() { A.all().map(.m) }
function declared(x: Int, ...rest: String): Int { x }`);
  expect(checked.ok && checked.signatures).toEqual({
    functions: new Map([
      ['id', '<B> B => B'],
      ['add', '((Number, Number) => Number) & ((String, String) => String)'],
      ['all', '() => Set<Number>'],
      ['declared', '(x: Int, rest: ...String) => Int'],
    ]),
    computed: new Map([['A', '{ m: Number, same: Int }']]),
  });
});

describe('a database without type checks', () => {
  it.each([
    ['function f() { nope }'],
    ['collection A { compute c = (doc) => nope }'],
    ['role r { privileges Key { read { predicate (doc => nope) } } }'],
  ])('accepts %s', (text) => {
    expect(errorsOf(text, { isTypechecked: false })).toEqual([]);
  });
  it.each([
    ['collection A { a: Nope }', 'Unknown type `Nope` at 1:19'],
    ['collection A { a: Int = "x" }', 'Type `String` is not a subtype of `Int` at 1:25'],
    ['role r { privileges A { read } }', 'Resource `A` does not exist at 1:21'],
  ])('refuses %s', (text, error) => {
    expect(errorsOf(text, { isTypechecked: false })).toEqual([error]);
  });
});

describe('the types of a schema', () => {
  const typed = check('collection A {}');
  const term = (text: string) => {
    const read = parseType(text, { name: '*type*', text });
    if (!read.ok) throw new Error(text);
    return uncheckedType(read.value);
  };
  it.each([
    ['Int', 'Int | String', true],
    ['Int | Null', 'Int', false],
    ['1 | 2', 'Int', true],
    ['Ref<A>', 'A | Null', true],
    ['A', 'Ref<A>', true],
    ['{ a: Int }', '{ a: Int, *: Any }', true],
    ['{ a: Int, b: Int }', '{ a: Int }', false],
  ])('%s <: %s is %s', (value, use, expected) => {
    if (!typed.ok) throw new Error('not valid');
    expect(isSubtype(typed.typer, term(value), term(use))).toBe(expected);
  });
});

describe('any schema', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const body = fc.oneof(
    name.map((n) => `${n}(x)`),
    fc.tuple(name, name).map(([f, g]) => `${f}(${g}(x))`),
    fc.constantFrom('x', 'x.a', 'x + 1', 'C.all().map(.n)', '{ let f = (y) => y\n f(x) }'),
  );
  it('is accepted or refused in time', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, body), { selector: ([n]) => n, maxLength: 5 }), (functions) => {
        const text = functions.map(([n, b]) => `function ${n}(x) { ${b} }`).join('\n');
        expect(errorsOf(`collection C { n: Int }\n${text}`)).toBeInstanceOf(Array);
      }),
      { numRuns: 100 },
    );
  });
  it('is accepted if hundreds of collections refer to each other in a chain', () => {
    const text = (i: number) =>
      `collection C${i} {\nnext: Ref<C${(i + 1) % 500}>\ncompute after = (c) => c.next!.next\n}\n`;
    expect(errorsOf(Array.from({ length: 500 }, (_, i) => text(i)).join(''))).toEqual([]);
  });
  it('is refused in time if all its functions call each other', () => {
    const names = Array.from({ length: 40 }, (_, i) => `f${i}`);
    const text = names.map((n) => `function ${n}() { [${names.map((each) => `${each}()`).join(', ')}] }`).join('\n');
    expect(errorsOf(text).length).toBeGreaterThan(0);
  });
});
