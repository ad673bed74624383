import { parseDate, parseTime } from '@supertokens-faunadb/java/time';
import { resolveRef } from '../../model/refs/refs.js';
import { type ApiVersion, apiVersionOf } from '../../values/api-version.js';
import { invalidExpression } from '../../values/errors.js';
import { at, type Position } from '../../values/position.js';
import { Bytes, DateValue, ObjectValue, Time, UnresolvedRef, Uuid, type Value } from '../../values/values.js';
import { ArrayExpression, Constant, type Expression, ObjectExpression, RefLiteral } from '../evaluate/expression.js';
import { joinKeys } from '../evaluate/form-table.js';
import { Closure, type LambdaExpression } from '../evaluate/lambda.js';
import { API_VERSION, OLDEST_VERSION } from '../wire/language-version.js';
import { asParseError } from './as-parse-error.js';
import { parseLegacyRef } from './legacy-ref.js';
import type { QueryParser } from './parser.js';
import { parseRefObject } from './ref-parser.js';
import { LAMBDA, SETS, SetLiteral } from './set-literal.js';

type At = Position | undefined;

/**
 * Reads data without functions: the content of `quote`, `@obj` or `@set`. Values that JSON lacks are escaped as usual.
 */
export function parseData(json: Value, position: At, parser: QueryParser): Expression {
  if (Array.isArray(json)) {
    const elements = (json as readonly Value[]).map((e, i) => parseData(e, at(position, i), parser));
    return elements.every((e) => e instanceof Constant)
      ? new Constant(elements.map((e) => (e as Constant).value))
      : new ArrayExpression(elements);
  }
  if (!(json instanceof ObjectValue)) return new Constant(json);
  if (json.fields.size === 1) {
    const [[name, content]] = [...json.fields] as [[string, Value]];
    if (name === '@obj') {
      if (!(content instanceof ObjectValue)) throw invalidExpression('Invalid object.', position);
      return parseDataObject(content, position, parser);
    }
    const escaped = parseEscape(name, content, position, parser);
    if (escaped) return escaped;
  }
  return parseDataObject(json, position, parser);
}

function parseDataObject(json: ObjectValue, position: At, parser: QueryParser): Expression {
  const fields = [...json.fields].map(([name, value]) => [name, parseData(value, at(position, name), parser)] as const);
  if (fields.every(([, e]) => e instanceof Constant)) {
    return new Constant(new ObjectValue(new Map(fields.map(([name, e]) => [name, (e as Constant).value]))));
  }
  return new ObjectExpression(fields, true);
}

/** Reads `{ "@…": content }`, except `@obj`; `undefined` if there is no such escape. */
export function parseEscape(name: string, content: Value, position: At, parser: QueryParser): Expression | undefined {
  switch (name) {
    case '@ref':
      return parseRef(content, position);
    case '@set':
      if (!(content instanceof ObjectValue)) throw invalidExpression('Invalid set.', position);
      return parseSetLiteral(content, position, parser);
    case '@ts': {
      const nanos = typeof content === 'string' ? parseTime(content) : undefined;
      if (nanos === undefined) throw invalidExpression('Invalid time.', position);
      return new Constant(new Time(nanos));
    }
    case '@date': {
      const day = typeof content === 'string' ? parseDate(content) : undefined;
      if (day === undefined) throw invalidExpression('Invalid date.', position);
      return new Constant(new DateValue(day));
    }
    case '@bytes':
      return new Constant(new Bytes(parseBytes(content, position)));
    case '@uuid':
      return new Constant(new Uuid(parseUuid(content, position)));
    case '@query':
      return new Constant(new Closure(parseLambdaData(content, position, parser), undefined));
    default:
      return undefined;
  }
}

/** Reads a set written as `@set`. An error in it makes the query unreadable. */
function parseSetLiteral(content: ObjectValue, position: At, parser: QueryParser): Expression {
  const keys = [...content.fields.keys()];
  const parameters = SETS.get(joinKeys(keys));
  if (!parameters) throw invalidExpression('Invalid set.', position);
  const parts = parameters.map(([name, cast]) => {
    const json = content.fields.get(name) as Value;
    if (cast !== LAMBDA) return parseData(json, at(position, name), parser);
    return new Constant(new Closure(parseLambdaData(json, at(position, name), parser, API_VERSION), undefined));
  });
  return new SetLiteral(parameters, parts, position);
}

/** A ref, as an object or in its form before version 2.1: `"collections/things/1"`. */
function parseRef(content: Value, position: At): Expression {
  const ref =
    typeof content === 'string'
      ? parseLegacyRef(content)
      : content instanceof ObjectValue
        ? asParseError(() => parseRefObject(content, position))
        : undefined;
  if (ref === undefined) throw invalidExpression('Invalid ref.', position);
  return new RefLiteral(ref, (context, unresolved) => {
    const resolved = resolveRef(context, unresolved);
    // `self` cannot refer to a document created later: it exists or is an error.
    if (resolved instanceof UnresolvedRef && resolved.id === 'self') throw invalidExpression('Invalid ref.', position);
    return resolved;
  });
}

/** A lambda as data: the value of `query`, as documents store it. It has no free variables. */
export function parseLambdaData(
  content: Value,
  position: At,
  parser: QueryParser,
  defaultVersion: ApiVersion = OLDEST_VERSION,
): LambdaExpression {
  const invalid = () => invalidExpression('Invalid lambda.', position);
  if (!(content instanceof ObjectValue)) throw invalid();
  const { fields } = content;
  const keys = joinKeys([...fields.keys()]);
  if (keys !== 'expr\0lambda' && keys !== 'api_version\0expr\0lambda') throw invalid();
  const named = fields.get('api_version');
  const version = named === undefined ? defaultVersion : typeof named === 'string' ? apiVersionOf(named) : undefined;
  if (version === undefined) throw invalid();
  const lambda = parser.of(version).lambdaOf(fields.get('lambda') as Value, fields.get('expr') as Value, position);
  if (lambda.free.size > 0) throw invalid();
  return lambda;
}

function parseBytes(content: Value, position: At): Uint8Array {
  if (
    typeof content === 'string' &&
    /^[A-Za-z0-9+/_-]*={0,2}$/.test(content) &&
    content.replace(/=+$/, '').length % 4 !== 1
  ) {
    return Buffer.from(content, 'base64');
  }
  throw invalidExpression('Invalid bytes.', position);
}

/** As Java reads UUIDs: five groups of hexadecimal digits, with leading zeros optional. */
function parseUuid(content: Value, position: At): string {
  const groups = typeof content === 'string' && content.length <= 36 ? content.split('-') : [];
  if (groups.length !== 5 || !groups.every((g) => /^[0-9a-fA-F]{1,16}$/.test(g))) {
    throw invalidExpression('Invalid UUID.', position);
  }
  const widths = [8, 4, 4, 4, 12];
  return groups.map((g, i) => g.toLowerCase().padStart(widths[i]!, '0').slice(-widths[i]!)).join('-');
}
