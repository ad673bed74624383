// Expressions as JSON, for lambdas in cursors, which clients send back. Returned JSON is untrusted: every node is checked,
// and positions in the source are lost.
import type { Expression, Field, Lambda, Link, Literal, Name, Statement } from './ast.js';
import { PRECEDENCE } from './expressions.js';
import { DECODED_SPAN as span } from './span.js';

export type Json = null | boolean | number | string | readonly Json[];

/** Thrown for JSON that is not an expression. */
export class NotAnExpression extends Error {}

const MAX_DEPTH = 500;

const names = (list: readonly (Name | undefined)[]): Json => list.map((name) => name?.text ?? null);
const fields = (list: readonly Field[]): Json => list.map(([name, value]) => [name.text, encodeExpression(value)]);

function encodeLiteral(literal: Literal): Json {
  switch (literal.kind) {
    case 'null':
      return ['n'];
    case 'boolean':
      return ['b', literal.value];
    case 'integer':
      return ['i', String(literal.value)];
    case 'double':
      return ['d', literal.text];
    case 'string':
      return ['s', literal.value];
  }
}

function encodeLink(link: Link): Json {
  switch (link.kind) {
    case 'bang':
      return ['!'];
    case 'select':
      return ['.', link.field.text, link.optional];
    case 'apply':
      return ['(', link.arguments.map(encodeExpression), link.optional !== undefined];
    case 'access':
      return ['[', link.arguments.map(encodeExpression), link.optional !== undefined];
    case 'method':
      return [
        'm',
        link.field.text,
        link.arguments.map(encodeExpression),
        link.selectOptional,
        link.applyOptional !== undefined,
      ];
  }
}

/** @throws {NotAnExpression} for expressions that cannot be evaluated anyway */
export function encodeExpression(expression: Expression): Json {
  switch (expression.kind) {
    case 'identifier':
      return ['id', expression.name];
    case 'literal':
      return ['lit', encodeLiteral(expression.literal)];
    case 'template':
      return ['str', expression.parts.map((part) => (typeof part === 'string' ? part : encodeExpression(part)))];
    case 'if': {
      const { condition, then, otherwise } = expression;
      return [
        'if',
        encodeExpression(condition),
        encodeExpression(then),
        otherwise ? encodeExpression(otherwise) : null,
      ];
    }
    case 'at':
      return ['at', encodeExpression(expression.time), encodeExpression(expression.body)];
    case 'lambda':
      return [
        'fn',
        names(expression.parameters),
        expression.variadic ? [expression.variadic.name?.text ?? null] : null,
        encodeExpression(expression.body),
      ];
    case 'operator':
      return [
        'op',
        expression.operator.text,
        encodeExpression(expression.left),
        expression.right ? encodeExpression(expression.right) : null,
      ];
    case 'chain':
      return ['ch', encodeExpression(expression.head), expression.links.map(encodeLink)];
    case 'project':
      return ['pr', encodeExpression(expression.subject), fields(expression.fields)];
    case 'object':
      return ['ob', fields(expression.fields)];
    case 'tuple':
      return ['tu', expression.elements.map(encodeExpression)];
    case 'array':
      return ['ar', expression.elements.map(encodeExpression)];
    case 'block':
      return [
        'bl',
        expression.statements.map((statement) =>
          statement.kind === 'let'
            ? [statement.name.text, encodeExpression(statement.value)]
            : [null, encodeExpression(statement.expression)],
        ),
      ];
    default:
      throw new NotAnExpression();
  }
}

const fail = (): never => {
  throw new NotAnExpression();
};
const list = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : fail());
const text = (json: Json | undefined): string => (typeof json === 'string' ? json : fail());
const flag = (json: Json | undefined): boolean => (typeof json === 'boolean' ? json : fail());
const named = (json: Json | undefined): Name => ({ text: text(json), span });
const optionalSpan = (json: Json | undefined) => (flag(json) ? span : undefined);

function decodeLiteral(json: Json | undefined): Literal {
  const [kind, value] = list(json);
  switch (kind) {
    case 'n':
      return { kind: 'null' };
    case 'b':
      return { kind: 'boolean', value: flag(value) };
    case 'i':
      return /^-?\d{1,400}$/.test(text(value)) ? { kind: 'integer', value: BigInt(text(value)) } : fail();
    case 'd':
      return Number.isNaN(Number(text(value))) ? fail() : { kind: 'double', text: text(value) };
    case 's':
      return { kind: 'string', value: text(value) };
    default:
      return fail();
  }
}

/** @throws {NotAnExpression} */
export function decodeExpression(json: Json | undefined, depth = 0): Expression {
  if (depth > MAX_DEPTH) return fail();
  const inner = (each: Json | undefined) => decodeExpression(each, depth + 1);
  const all = (each: Json | undefined) => list(each).map(inner);
  const fieldList = (each: Json | undefined): Field[] =>
    list(each).map((field) => {
      const [name, value] = list(field);
      return [named(name), inner(value)];
    });
  const [kind, a, b, c] = list(json);
  switch (kind) {
    case 'id':
      return { kind: 'identifier', name: text(a), span };
    case 'lit':
      return { kind: 'literal', literal: decodeLiteral(a), span };
    case 'str':
      return { kind: 'template', parts: list(a).map((part) => (typeof part === 'string' ? part : inner(part))), span };
    case 'if': {
      const then = inner(b);
      return { kind: 'if', condition: inner(a), then, otherwise: c === null ? undefined : inner(c), span };
    }
    case 'at':
      return { kind: 'at', time: inner(a), body: inner(b), span };
    case 'fn':
      return decodeLambda(list(json), inner);
    case 'op': {
      const operator = named(a);
      const right = c === null ? undefined : inner(c);
      if (right === undefined ? !'-~!'.includes(operator.text) : !(operator.text in PRECEDENCE)) return fail();
      return { kind: 'operator', left: inner(b), operator, right, rightSpan: span, span };
    }
    case 'ch':
      return { kind: 'chain', head: inner(a), links: list(b).map((link) => decodeLink(list(link), all)), span };
    case 'pr':
      return { kind: 'project', subject: inner(a), fields: fieldList(b), span };
    case 'ob':
      return { kind: 'object', fields: fieldList(a), span };
    case 'tu':
      return { kind: 'tuple', elements: all(a), span };
    case 'ar':
      return { kind: 'array', elements: all(a), span };
    case 'bl': {
      const statements = list(a).map((statement): Statement => {
        const [name, value] = list(statement);
        if (name === null) return { kind: 'expression', expression: inner(value), span };
        return { kind: 'let', name: named(name), type: undefined, value: inner(value), span };
      });
      return statements.at(-1)?.kind === 'expression' ? { kind: 'block', statements, span } : fail();
    }
    default:
      return fail();
  }
}

function decodeLambda(
  [, parameters, variadic, body]: readonly Json[],
  inner: (json: Json | undefined) => Expression,
): Lambda {
  const parameter = (json: Json | undefined) => (json === null ? undefined : named(json));
  return {
    kind: 'lambda',
    parameters: list(parameters).map(parameter),
    variadic: variadic === null ? undefined : { name: parameter(list(variadic)[0]) },
    body: inner(body),
    short: false,
    span,
  };
}

function decodeLink([kind, a, b, c, d]: readonly Json[], all: (json: Json | undefined) => Expression[]): Link {
  switch (kind) {
    case '!':
      return { kind: 'bang', span };
    case '.':
      return { kind: 'select', dotSpan: span, field: named(a), optional: flag(b), span };
    case '(':
      return { kind: 'apply', arguments: all(a), optional: optionalSpan(b), applySpan: span, span };
    case '[':
      return { kind: 'access', arguments: all(a), optional: optionalSpan(b), accessSpan: span, span };
    case 'm':
      return {
        kind: 'method',
        dotSpan: span,
        field: named(a),
        arguments: all(b),
        selectOptional: flag(c),
        applyOptional: optionalSpan(d),
        applySpan: span,
        span,
      };
    default:
      return fail();
  }
}

/** The free variables of an expression. */
export function freeVariables(
  expression: Expression,
  bound: ReadonlySet<string> = new Set(),
  free: Set<string> = new Set(),
): Set<string> {
  const go = (each: Expression, names = bound) => void freeVariables(each, names, free);
  switch (expression.kind) {
    case 'identifier':
      if (!bound.has(expression.name)) free.add(expression.name);
      break;
    case 'literal':
      break;
    case 'template':
      for (const part of expression.parts) if (typeof part !== 'string') go(part);
      break;
    case 'if':
      go(expression.condition);
      go(expression.then);
      if (expression.otherwise) go(expression.otherwise);
      break;
    case 'at':
      go(expression.time);
      go(expression.body);
      break;
    case 'match':
      go(expression.subject);
      break;
    case 'lambda': {
      const names = new Set(bound);
      for (const parameter of expression.parameters) if (parameter) names.add(parameter.text);
      if (expression.variadic?.name) names.add(expression.variadic.name.text);
      go(expression.body, names);
      break;
    }
    case 'operator':
      go(expression.left);
      if (expression.right) go(expression.right);
      break;
    case 'chain':
      go(expression.head);
      for (const link of expression.links) if ('arguments' in link) for (const each of link.arguments) go(each);
      break;
    case 'project': {
      go(expression.subject);
      const names = new Set(bound).add('$this');
      for (const [, value] of expression.fields) go(value, names);
      break;
    }
    case 'projectAll':
      go(expression.subject);
      break;
    case 'object':
      for (const [, value] of expression.fields) go(value);
      break;
    case 'tuple':
    case 'array':
      for (const each of expression.elements) go(each);
      break;
    case 'block': {
      const names = new Set(bound);
      for (const statement of expression.statements) {
        if (statement.kind === 'expression') go(statement.expression, names);
        else {
          go(statement.value, names);
          names.add(statement.name.text);
        }
      }
      break;
    }
  }
  return free;
}
