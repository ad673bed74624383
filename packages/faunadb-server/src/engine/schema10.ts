// Requests about the schema of FQL v10, as text.
import type { Refusal } from '../fql10/schema/schema-failure.js';
import { answerSchemaRequest, type SchemaResult } from '../fql10/schema/schema-request.js';
import type { QueryContext } from '../query/context.js';
import { Failure } from '../values/failure.js';
import type { Outcome, SchemaRequest10 } from './engine.js';
import type { Evaluation10 } from './evaluation10.js';

const OUTCOMES: Readonly<Record<Refusal, Outcome>> = {
  invalid: 'invalid',
  forbidden: 'forbidden',
  missing: 'missing',
  conflict: 'contended',
  method: 'wrong method',
};

/** Prepares a request to `/schema/1`. */
export const prepareSchema =
  (request: SchemaRequest10): Evaluation10 =>
  (host) => {
    const result = resultOf(host, request);
    if (result.isOk) return { outcome: 'done', body: () => result.body };
    const { refusal, message } = result;
    return { outcome: OUTCOMES[refusal], body: () => JSON.stringify({ error: { message } }) };
  };

function resultOf(host: QueryContext, { method, path, parameters, files, text }: SchemaRequest10): SchemaResult {
  try {
    return answerSchemaRequest(host, { method, path, parameters: new Map(parameters), files, text });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { isOk: false, refusal: 'invalid', message: error.message };
  }
}
