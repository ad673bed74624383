import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../parse/diagnostic.js';
import { parseQuery } from '../parse/parse.js';
import { checkExpression } from './check.js';
import { LIBRARY_GLOBALS, LIBRARY_SHAPES, OPERATORS } from './library-types.js';
import { diagnosticOf } from './problem.js';
import { textOf } from './shown.js';
import { Typer } from './typer.js';

/** The type of a query, or the first line of each of its errors. */
function checked(text: string): string {
  const read = parseQuery(text);
  if (!read.ok) throw new Error(`no query: ${text}`);
  const typer = new Typer(
    (name) => LIBRARY_GLOBALS.get(name),
    (name) => LIBRARY_SHAPES.get(name),
    OPERATORS,
  );
  const found = checkExpression(typer, read.value, undefined);
  if (found.ok) return textOf(found.type);
  return found.problems.map((each) => render(diagnosticOf(each)).split('\n')[0]).join('; ');
}

describe('types of expressions', () => {
  it.each([
    ['1', '1'],
    ['"a"', '"a"'],
    ['null', 'Null'],
    ['[1, "a"]', '[1, "a"]'],
    ['{ a: 1, "b c": true }', '{ a: 1, "b c": true }'],
    ['1 + 2', 'Number'],
    ['"a" + "b"', 'String'],
    ['if (true) 1 else "a"', '1 | "a"'],
    ['if (true) 1', 'Null'],
    ['x => x', 'A => A'],
    ['(x, y) => x + y', '((Number, Number) => Number) & ((String, String) => String)'],
    ['[1, 2].map(x => x.toString())', 'Array<String>'],
    ['[1].first()!', '1'],
    ['[1].first()?.toString()', 'String | Null'],
    ['let f = x => x\n[f(1), f("a")]', '[1, "a"]'],
    ['{ a: 1, b: 2 } { a }', '{ a: 1 }'],
    ['Math.abs(-1)', 'Number'],
    ['Key.all().first()', 'Key | Null'],
    ['x => x.a', '{ a: A, ... } => A'],
  ])('%s is %s', (text, type) => {
    expect(checked(text)).toBe(type);
  });

  it.each([
    ['"a" * 2', 'error: Type `String` is not a subtype of `Number`'],
    ['1.foo', 'error: Type `Int` does not have field `foo`'],
    ['nowhere', 'error: Unbound variable `nowhere`'],
    ['let x: Nothing = 1\nx', 'error: Unknown type `Nothing`'],
    ['1(2)', 'error: Type `Int` cannot be used as a function'],
    ['((x, y) => 1)(1)', 'error: Function was not called with enough arguments. Expected 2, received 1'],
    ['null.foo', 'error: Type `Null` does not have field `foo`'],
  ])('%s is refused', (text, message) => {
    expect(checked(text)).toContain(message);
  });
});

describe('a check of any expression', () => {
  const { text } = fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constantFrom('1', '"a"', 'true', 'null', 'x', 'f', '[]', '{}', 'Math', 'Time.now()', 'Key.all()'),
      fc
        .tuple(tie('text'), fc.constantFrom('+', '-', '==', '&&', '??', '<'), tie('text'))
        .map((parts) => `(${parts.join(' ')})`),
      fc
        .tuple(tie('text'), fc.constantFrom('.a', '?.a', '!', '[0]', '["a"]', '.map(x => x)', '()', '.toString()'))
        .map((parts) => `(${parts[0]})${parts[1]}`),
      tie('text').map((body) => `(x => ${body})`),
      fc.tuple(tie('text'), tie('text')).map(([fn, argument]) => `(${fn})(${argument})`),
      fc.tuple(tie('text'), tie('text')).map(([a, b]) => `[${a}, ${b}]`),
      tie('text').map((field) => `{ a: ${field} }`),
      fc.tuple(tie('text'), tie('text'), tie('text')).map(([a, b, c]) => `(if (${a}) ${b} else ${c})`),
      fc.tuple(tie('text'), tie('text')).map(([value, body]) => `{ let f = ${value}\n(${body}) }`),
    ),
  }));

  it('ends with a type or with errors', () => {
    fc.assert(
      fc.property(text, (query) => {
        fc.pre(parseQuery(query).ok);
        expect(checked(query)).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });

  it('ends for types that grow without bound', () => {
    const doubled = Array.from({ length: 60 }, (_, i) => `let x${i + 1} = [x${i}, x${i}]`).join('\n');
    expect(checked(`let x0 = 1\n${doubled}\nx60`)).toContain('static typing time limit');
    expect(checked(`${'x => '.repeat(400)}x`)).not.toBe('');
    expect(checked('(x => x(x))(x => x(x))')).not.toBe('');
  }, 30_000);

  it('checks long chains of overloaded operators', () => {
    expect(checked(Array(60).fill('1').join(' + '))).toBe('Number');
  });
});
