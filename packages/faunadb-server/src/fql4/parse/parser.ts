import { hashOrder } from '@supertokens-faunadb/java/hash-order';
import type { ApiVersion } from '../../values/api-version.js';
import { invalidExpression, invalidExpressionType, invalidForm } from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import type { JsonValue } from '../../values/json.js';
import { at, type Position } from '../../values/position.js';
import { ObjectValue, type Value } from '../../values/values.js';
import { Call } from '../evaluate/call.js';
import { collect } from '../evaluate/casts.js';
import { ArrayExpression, Constant, type Expression } from '../evaluate/expression.js';
import type { Parameter } from '../evaluate/form.js';
import { joinKeys } from '../evaluate/form-table.js';
import { LambdaExpression, type Pattern } from '../evaluate/lambda.js';
import { formTable } from '../functions/index.js';
import { API_VERSION, lambdaVersion } from '../wire/language-version.js';
import { parseEscape } from './escapes.js';
import { specialForm } from './special-forms.js';

/**
 * Parses a query from its wire form to an expression.
 *
 * @param version of the language that it is written in
 * @throws {Failure} with all errors in it.
 */
export function parseQuery(json: JsonValue, version: ApiVersion = API_VERSION): Expression {
  const expression = parserOf(version).expression(json, undefined);
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

/** Parses expressions in their wire form, in one version of the language. */
export class QueryParser {
  constructor(readonly version: ApiVersion) {}

  /** The parser of another version; a lambda within the query may be written in one. */
  of(version: ApiVersion): QueryParser {
    return parserOf(version);
  }

  /** @throws {Failure} with the first error, since later ones may be consequences of it. */
  expression(json: Value, position: Place): Expression {
    if (Array.isArray(json)) return this.#list(json as readonly Value[], position);
    if (!(json instanceof ObjectValue)) return new Constant(json);
    const { fields } = json;
    const keys = [...fields.keys()];
    const joined = joinKeys(keys);
    const special = specialForm(joined, this.version);
    if (special) return special(fields, position, this);
    const form = formTable(this.version).get(joined);
    if (form) {
      const args = form.parameters.map(([name, parameter]) => {
        const argument = fields.get(name);
        return argument === undefined ? undefined : this.#argument(parameter, argument, at(position, name));
      });
      return new Call(form, args, position);
    }
    if (keys.length === 1 && keys[0] === '@obj') {
      const content = fields.get('@obj') as Value;
      if (!(content instanceof ObjectValue)) throw invalidExpression('Invalid object.', position);
      return this.expression(content, at(position, '@obj'));
    }
    if (keys.length === 1) {
      const escaped = parseEscape(keys[0]!, fields.get(keys[0]!) as Value, position, this);
      if (escaped) return escaped;
    }
    throw invalidForm(keys, position);
  }

  #list(elements: readonly Value[], position: Place): Expression {
    const parsed = elements.map((e, i) => this.expression(e, at(position, i)));
    // A list of literal values is a literal itself, and needs no evaluation.
    if (parsed.every((e) => e instanceof Constant)) return new Constant(parsed.map((e) => (e as Constant).value));
    return new ArrayExpression(parsed);
  }

  #argument(parameter: Parameter<unknown>, json: Value, position: Place): Expression {
    if (parameter.syntax === 'lambda') return this.lambda(json, position);
    return parameter.syntax === 'lambda or expression'
      ? this.#lambdaOrExpression(json, position)
      : this.expression(json, position);
  }

  /** An invalid lambda, for whatever reason, is parsed as an expression, and rejected as one. */
  #lambdaOrExpression(json: Value, position: Place): Expression {
    try {
      return this.lambda(json, position);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return this.expression(json, position);
    }
  }

  /** A lambda in its wire form: `{ lambda, expr }`. */
  lambda(json: Value, position: Place): LambdaExpression {
    if (!(json instanceof ObjectValue)) throw invalidExpressionType(['Lambda'], json, position);
    const { fields } = json;
    if (joinKeys([...fields.keys()]) !== 'expr\0lambda') throw invalidForm([...fields.keys()], position);
    return this.lambdaOf(fields.get('lambda') as Value, fields.get('expr') as Value, position);
  }

  /** A lambda from its parameters and its body. */
  lambdaOf(parameters: Value, body: Value, position: Place): LambdaExpression {
    const [pattern, expression] = collect([0, 1], (part) =>
      part === 0 ? parsePattern(parameters, at(position, 'lambda')) : this.expression(body, at(position, 'expr')),
    );
    return new LambdaExpression(pattern as Pattern, expression as Expression, lambdaVersion(this.version));
  }
}

const parsers = new Map<ApiVersion, QueryParser>();

/** The parser of a version. */
export function parserOf(version: ApiVersion): QueryParser {
  const parser = parsers.get(version) ?? new QueryParser(version);
  parsers.set(version, parser);
  return parser;
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
