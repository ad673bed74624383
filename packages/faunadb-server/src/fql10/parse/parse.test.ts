import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from './diagnostic.js';
import { parseFieldPath, parseLambda, parseQuery, parseSchemaType, parseType } from './parse.js';
import { functionSource, NULL_SOURCE } from './span.js';

const errorOf = (text: string): string => {
  const outcome = parseQuery(text);
  return outcome.ok ? 'accepted' : outcome.errors.map((each) => render(each)).join('\n\n');
};
const firstLine = (text: string) => errorOf(text).split('\n').slice(0, 2).join(' ');

describe('a query', () => {
  it('is statements, the last of which has the value', () => {
    const outcome = parseQuery('let x = 1; x + 2 * 3');
    expect(outcome.ok && outcome.value).toMatchObject({
      kind: 'block',
      statements: [
        { kind: 'let', name: { text: 'x' } },
        { kind: 'expression', expression: { operator: { text: '+' }, right: { operator: { text: '*' } } } },
      ],
    });
    expect(firstLine('let x = 1')).toBe('error: Missing return expression at *query*:1:10');
    expect(firstLine('')).toBe('error: Unexpected end of query. Expected statement or expression at *query*:1:1');
  });

  it('says everything that could have stood where it stops making sense', () => {
    expect(firstLine('(1 + 2')).toBe('error: Expected `)`, `,`, or `...` at *query*:1:7');
    expect(firstLine('Math.')).toBe('error: Expected identifier at *query*:1:6');
    expect(firstLine('1\nlet a = [}')).toBe('error: Expected `]` at *query*:2:10');
    expect(firstLine('[1, ,2]')).toBe('error: Expected `]` or expression at *query*:1:5');
    expect(firstLine('"\\x4"')).toBe('error: Expected hex digit at *query*:1:5');
  });

  it('shows the place, over several lines where it has them, and hints', () => {
    expect(errorOf('{ a: 1,\n  a: 2 }')).toBe(
      [
        'error: Duplicate key',
        'at *query*:2:3',
        '  |',
        '2 |   a: 2 }',
        '  |   ^',
        '  |',
        'hint: Key originally used here',
        'at *query*:1:3',
        '  |',
        '1 | { a: 1,',
        '  |   ^',
        '  |',
      ].join('\n'),
    );
  });

  it('reads marks of a template as variables, in their order', () => {
    const outcome = parseQuery('\u0000value> + \u0000value>', true);
    expect(outcome.ok && outcome.value).toMatchObject({
      statements: [{ expression: { left: { name: '$0' }, right: { name: '$1' } } }],
    });
    expect(parseQuery('\u0000value>').ok).toBe(false);
  });

  it('is refused, and soon, when it is nested without end', () => {
    for (const text of [
      '('.repeat(20_000),
      '['.repeat(20_000),
      '{"#{'.repeat(200),
      '-'.repeat(50_000),
      '{ a: '.repeat(5_000),
    ]) {
      expect(parseQuery(text).ok).toBe(false);
    }
  }, 60_000);

  it('never makes the parser throw', () => {
    const pieces = fc.constantFrom(
      ...'{}()[].,:;?!+-*/%=<>&|^~"\'#\\ \n_axif01'.split(''),
      'let ',
      'if ',
      ' else ',
      '=>',
      '#{',
      '<<-E\n',
      'at ',
    );
    fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => parseQuery(parts.join('')) !== undefined));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseQuery(text) !== undefined));
  });
});

describe('the other texts', () => {
  it('are lambdas', () => {
    const source = functionSource('f');
    expect(parseLambda('(a, ...b) => a', { ...source, text: '' })).toMatchObject({
      ok: true,
      value: { kind: 'lambda', parameters: [{ text: 'a' }], variadic: { name: { text: 'b' } } },
    });
    expect(parseLambda('(.a)', source)).toMatchObject({ ok: true, value: { short: true } });
    expect(parseLambda('1', source)).toMatchObject({
      ok: false,
      errors: [{ message: 'Body must be a lambda expression.' }],
    });
  });

  it('are types', () => {
    expect(parseType('(a: Int, ...String) => { a: Int?, ... } | [1, "x"] | Ref<User>', NULL_SOURCE)).toMatchObject({
      ok: true,
      value: {
        kind: 'functionType',
        variadic: { type: { name: 'String' } },
        result: { kind: 'union', members: [{ open: true }, { kind: 'tupleType' }, { kind: 'generic' }] },
      },
    });
    expect(parseType('{ a: Int = 1 }', NULL_SOURCE)).toMatchObject({
      ok: false,
      errors: [{ message: 'Default values are not allowed here' }],
    });
    expect(parseSchemaType('{ a: Int = 1, *: Any }', NULL_SOURCE)).toMatchObject({ ok: true });
    expect(parseSchemaType('{ a: Int = 1 }?', NULL_SOURCE)).toMatchObject({
      ok: false,
      errors: [{ hints: [{ message: 'Parent is nullable' }] }],
    });
    expect(parseSchemaType('Array<{ a: Int = 1 }>', NULL_SOURCE)).toMatchObject({
      ok: false,
      errors: [{ hints: [{ message: 'Parent is not an object' }] }],
    });
  });

  it('are paths', () => {
    const outcome = parseFieldPath('.a[0]["b c"]');
    expect(outcome.ok && outcome.value.elements.map(({ key }) => key)).toEqual(['a', 0, 'b c']);
    expect(parseFieldPath('a').ok).toBe(false);
  });
});

it('reads a union of many types in a time that grows with its length', () => {
  const read = parseQuery(`let x: ${'Int | '.repeat(100_000)}Int = 1\nx`, false);
  expect(read.ok).toBe(true);
});
