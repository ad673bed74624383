import type { Language, Query } from '../query/language.js';
import { ParsedQueries } from '../query/parsed-queries.js';
import { API_VERSIONS, type ApiVersion } from '../values/api-version.js';
import { invalidExpression } from '../values/errors.js';
import { JsonError, type JsonValue, parseJson } from '../values/json.js';
import type { Expression } from './evaluate/expression.js';
import { lambdaOf } from './parse/lambda-data.js';
import { parseQuery } from './parse/parser.js';
import { Renderer } from './wire/render.js';
import { renderErrors } from './wire/render-errors.js';

const parsed = new Map(API_VERSIONS.map((version) => [version, new ParsedQueries(queryReader(version))]));

/** FQL up to version 5: expressions in JSON. */
export const fql4: Language = {
  versions: API_VERSIONS,
  parse: (text, version) => {
    if (text === undefined) throw invalidExpression('No query provided.', undefined);
    return parsed.get(version)!.get(text);
  },
  answer: (value, { model, auth, apiVersion, budget }) =>
    new Renderer(model, auth.scope, model.keys.writeTime, apiVersion, budget).answer(value),
  failure: renderErrors,
  renderEvent: (value, { model, auth }, time, version) => new Renderer(model, auth.scope, time, version).render(value),
  lambda: lambdaOf,
};

function queryReader(version: ApiVersion): (text: string) => Query {
  return (text) => new ReadQuery(parseQuery(readJson(text), version));
}

/** A query is an expression without free variables. */
class ReadQuery implements Query {
  constructor(readonly expression: Expression) {}

  evaluate(context: Parameters<Query['evaluate']>[0]) {
    return this.expression.evaluate(context, undefined);
  }
}

function readJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw invalidExpression(
      error.reason === 'depth' ? 'Request body JSON exceeds nesting limit.' : 'Request body is not valid JSON.',
      undefined,
    );
  }
}
