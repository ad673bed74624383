import { rootContext } from '../src/engine/engine-context.js';
import { QueryBudget } from '../src/engine/query-budget.js';
import { DeferredResults } from '../src/engine/suspension.js';
import { parseQuery } from '../src/fql4/parse/parser.js';
import { Renderer } from '../src/fql4/wire/render.js';
import { renderErrors } from '../src/fql4/wire/render-errors.js';
import { Failure } from '../src/values/failure.js';
import { parseJson } from '../src/values/json.js';

/** An empty database, for queries that only compute. */
const schema = { idOf: () => undefined, nameOf: () => undefined };
const model = { committedSchema: () => schema, schema: () => schema, databaseOf: () => undefined };

const TIME = 1_700_000_000_000_000n;

/**
 * Evaluates a query that needs no database.
 *
 * @param query in its wire form: JSON text, or what becomes it.
 * @returns what it gives, or its errors, as the wire shows them.
 */
export function evaluate(query: unknown, { maxSteps = 100_000 } = {}): unknown {
  const text = typeof query === 'string' ? query : JSON.stringify(query);
  const budget = new QueryBudget({ timeout: 10_000, maxSteps });
  const shared = {
    transaction: {},
    model,
    snapshotTime: TIME,
    apiVersion: '4',
    budget,
    deferred: new DeferredResults(),
  };
  const context = rootContext(shared as never, { scope: 0, permissions: {} } as never);
  try {
    const value = parseQuery(parseJson(text)).evaluate(context, undefined);
    return JSON.parse(new Renderer(model as never, 0, TIME).render(value));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return JSON.parse(renderErrors(error.errors));
  }
}

/** The errors of a query, each as its position and description. */
export function errorsOf(query: unknown): [position: (string | number)[], description: string][] {
  const { errors } = evaluate(query) as { errors: { position: (string | number)[]; description: string }[] };
  return errors.map(({ position, description }) => [position, description]);
}
