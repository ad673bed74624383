import type { Store } from '@supertokens-faunadb/store';
import type { Answer, Cost, Engine, EventStream, Opening, QueryRequest, StreamRequest } from '../engine.js';
import { Authenticator } from '../model/auth/authenticate.js';
import { Model } from '../model/model.js';
import { ModelView } from '../model/view.js';
import { JsonError, type JsonValue, parseJson } from '../wire/json.js';
import { indent, Renderer } from '../wire/render.js';
import { renderErrors, statusOf } from '../wire/render-errors.js';
import { Budget, MAX_CALL_DEPTH } from './budget.js';
import type { EvalContext } from './context.js';
import { invalidExpression, stackOverflow } from './errors.js';
import { rootContext } from './evaluate.js';
import type { Expression } from './expression.js';
import { Failure, type FqlError } from './failure.js';
import { lambdaOf } from './lambda-data.js';
import { ParsedQueries } from './parsed-queries.js';
import { parseQuery } from './parser.js';
import { Findings, Suspension } from './suspension.js';
import { Version } from './values.js';

export interface EngineOptions {
  readonly store: Store;
  /** The secret that opens the root database with all rights. */
  readonly rootKey: string;
  /** How many steps a query may take; a step is a call of a function or of a lambda. 5,000,000 unless told. */
  readonly maxSteps?: number;
}

const DEFAULT_MAX_STEPS = 5_000_000;
const NO_COST: Cost = { computeOps: 1, byteReadOps: 0, byteWriteOps: 0, storageBytesRead: 0, storageBytesWrite: 0 };
const UNAUTHORIZED = '{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}';

/** Opens the database that lies in a store. */
export function openEngine(options: EngineOptions): Engine {
  return new FqlEngine(options);
}

class FqlEngine implements Engine {
  readonly #store: Store;
  readonly #model = new Model({ lambda: lambdaOf });
  readonly #authenticator: Authenticator;
  readonly #parsed = new ParsedQueries(parseText);
  readonly #maxSteps: number;

  constructor({ store, rootKey, maxSteps = DEFAULT_MAX_STEPS }: EngineOptions) {
    this.#store = store;
    this.#authenticator = new Authenticator(rootKey);
    this.#maxSteps = maxSteps;
  }

  authenticate(secret: string | undefined): Opening | undefined {
    return this.#store.transact((transaction) => {
      const view = new ModelView(this.#model, transaction, this.#model.nextTime(transaction));
      const auth = this.#authenticator.authenticate(view, secret, new Findings());
      transaction.rollback();
      return auth && { globalId: String(auth.scope) };
    }).value;
  }

  execute(request: QueryRequest): Answer | Promise<Answer> {
    const findings = new Findings();
    try {
      return this.#run(request, findings);
    } catch (error) {
      if (error instanceof Suspension) return this.#resume(request, findings, error);
      throw error;
    }
  }

  async #resume(request: QueryRequest, findings: Findings, first: Suspension): Promise<Answer> {
    for (let suspension = first; ; ) {
      await findings.settle(suspension);
      try {
        return this.#run(request, findings);
      } catch (error) {
        if (!(error instanceof Suspension)) throw error;
        suspension = error;
      }
    }
  }

  /** One transaction. @throws {Suspension} when it must wait for something first; then it has left nothing. */
  #run(request: QueryRequest, findings: Findings): Answer {
    const outcome = this.#store.transact((transaction) => {
      const time = this.#model.nextTime(transaction);
      const view = new ModelView(this.#model, transaction, time);
      const budget = new Budget(request.timeout, this.#maxSteps);
      const answer = (status: number, body: string) => ({
        status,
        body: request.pretty ? indent(body) : body,
        transactionTime: time,
        cost: { ...NO_COST, computeOps: Math.max(1, Math.ceil(budget.steps / 50)) },
      });
      const auth = this.#authenticator.authenticate(view, request.secret, findings);
      if (!auth) return answer(401, UNAUTHORIZED);
      try {
        const expression = this.#parsed.get(request.query);
        const shared = { transaction, model: view, snapshotTime: time, budget, findings };
        const context = rootContext(shared, auth, effectLimit(request));
        const value = expression.evaluate(context, undefined);
        const body = `{"resource":${new Renderer(view, auth.scope, time).render(value)}}`;
        return answer(value instanceof Version && value.isNew ? 201 : 200, body);
      } catch (error) {
        const errors = errorsOf(error);
        transaction.rollback();
        return answer(statusOf(errors), renderErrors(errors));
      }
    });
    return { ...outcome.value, durable: outcome.durable };
  }

  stream(_request: StreamRequest): Answer | EventStream {
    throw new Error('not yet');
  }

  async close(): Promise<void> {}
}

function effectLimit({ readOnly }: QueryRequest): EvalContext['effectLimit'] {
  return readOnly ? { effect: 'read', reason: readOnly } : { effect: 'write', reason: '' };
}

function parseText(text: string | undefined): Expression {
  if (text === undefined) throw invalidExpression('No query provided.', undefined);
  return parseQuery(readJson(text));
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

/** The errors that an exception stands for. What is none of FQL's own is a bug, and goes on. */
function errorsOf(error: unknown): readonly FqlError[] {
  if (error instanceof Failure) return error.errors;
  // Calls nest deeper in JavaScript than in FQL; the deepest that FQL allows may be more than the stack holds.
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return stackOverflow(MAX_CALL_DEPTH, undefined).errors;
  }
  throw error;
}
