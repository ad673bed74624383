import type { JsonValue } from '../wire/json.js';
import { Call } from './call.js';
import { collect } from './casts.js';
import { invalidExpression, invalidExpressionType, invalidForm } from './errors.js';
import { parseEscape } from './escapes.js';
import { ArrayExpression, Constant, type Expression } from './expression.js';
import { Failure } from './failure.js';
import type { Parameter } from './form.js';
import { joinKeys } from './forms.js';
import { formTable } from './functions/index.js';
import { hashOrder } from './hash-order.js';
import { LambdaExpression, type Pattern } from './lambda.js';
import { at, type Position } from './position.js';
import { specialForm } from './special-forms.js';
import { ObjectValue, type Value } from './values.js';

/** The version of the language that this server speaks. */
export const API_VERSION = '4';

/**
 * Reads a query in its wire form into an expression.
 *
 * @throws {Failure} with all that is wrong with it.
 */
export function parseQuery(json: JsonValue): Expression {
  const expression = parseExpression(json, undefined);
  requireBound(expression);
  return expression;
}

function requireBound(expression: Expression): void {
  const { free } = expression;
  const errors = hashOrder([...free.keys()]).flatMap((name) =>
    free.get(name)!.flatMap((place) => invalidExpression(`Variable '${name}' is not defined.`, place).errors),
  );
  if (errors.length > 0) throw new Failure(errors);
}

type Place = Position | undefined;

/** @throws {Failure} with the first error, since what follows may be but its consequence. */
export function parseExpression(json: Value, position: Place): Expression {
  if (Array.isArray(json)) return parseList(json as readonly Value[], position);
  if (!(json instanceof ObjectValue)) return new Constant(json);
  const { fields } = json;
  const keys = [...fields.keys()];
  const joined = joinKeys(keys);
  const special = specialForm(joined);
  if (special) return special(fields, position);
  const form = formTable().get(joined);
  if (form) {
    const args = form.parameters.map(([name, parameter]) => {
      const argument = fields.get(name);
      return argument === undefined ? undefined : parseArgument(parameter, argument, at(position, name));
    });
    return new Call(form, args, position);
  }
  if (keys.length === 1 && keys[0] === '@obj') {
    const content = fields.get('@obj') as Value;
    if (!(content instanceof ObjectValue)) throw invalidExpression('Invalid object.', position);
    return parseExpression(content, at(position, '@obj'));
  }
  if (keys.length === 1) {
    const escaped = parseEscape(keys[0]!, fields.get(keys[0]!) as Value, position);
    if (escaped) return escaped;
  }
  throw invalidForm(keys, position);
}

function parseList(elements: readonly Value[], position: Place): Expression {
  const parsed = elements.map((e, i) => parseExpression(e, at(position, i)));
  // A list of plain values is one itself, and needs no work later.
  if (parsed.every((e) => e instanceof Constant)) return new Constant(parsed.map((e) => (e as Constant).value));
  return new ArrayExpression(parsed);
}

function parseArgument(parameter: Parameter<unknown>, json: Value, position: Place): Expression {
  if (parameter.syntax === 'lambda') return parseLambda(json, position);
  if (
    parameter.syntax === 'lambda or expression' &&
    json instanceof ObjectValue &&
    joinKeys([...json.fields.keys()]) === 'expr\0lambda'
  ) {
    return parseLambda(json, position);
  }
  return parseExpression(json, position);
}

/** A lambda as it is written: `{ lambda, expr }`. */
export function parseLambda(json: Value, position: Place, apiVersion: string = API_VERSION): LambdaExpression {
  if (!(json instanceof ObjectValue)) throw invalidExpressionType(['Lambda'], json, position);
  const { fields } = json;
  if (joinKeys([...fields.keys()]) !== 'expr\0lambda') throw invalidForm([...fields.keys()], position);
  return parseLambdaParts(fields.get('lambda') as Value, fields.get('expr') as Value, position, apiVersion);
}

export function parseLambdaParts(
  parameters: Value,
  body: Value,
  position: Place,
  apiVersion: string,
): LambdaExpression {
  const [pattern, expression] = collect([0, 1], (part) =>
    part === 0 ? parsePattern(parameters, at(position, 'lambda')) : parseExpression(body, at(position, 'expr')),
  );
  return new LambdaExpression(pattern as Pattern, expression as Expression, apiVersion);
}

function parsePattern(parameters: Value, position: Place): Pattern {
  const name = (value: string) => (value === '_' ? undefined : value);
  if (typeof parameters === 'string') return name(parameters);
  if (!Array.isArray(parameters)) throw invalidExpressionType(['String', 'Array'], parameters, position);
  return collect(parameters as readonly Value[], (p, i) => {
    if (typeof p !== 'string') throw invalidExpressionType(['String'], p, at(position, i));
    return name(p);
  });
}
