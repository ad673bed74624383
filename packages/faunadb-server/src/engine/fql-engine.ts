import type { Store, Transaction } from '@supertokens-faunadb/store';
import { API_VERSION } from '../fql4/wire/language-version.js';
import { Authenticator } from '../model/auth/authenticate.js';
import { ROOT } from '../model/auth/builtin-permissions.js';
import { RootKey } from '../model/auth/root-key.js';
import { Standing } from '../model/auth/standing.js';
import { ChangeLog } from '../model/base/changes.js';
import type { Auth } from '../model/base/context.js';
import type { Usage } from '../model/base/usage.js';
import { Maintenance } from '../model/maintenance/maintenance.js';
import { Model } from '../model/model.js';
import { globalIdOf } from '../model/schema/global-id.js';
import { ModelView } from '../model/view.js';
import type { QueryContext } from '../query/context.js';
import type { ApiVersion } from '../values/api-version.js';
import { stackOverflow } from '../values/errors.js';
import { Failure, gravestKind } from '../values/failure.js';
import { QueryEnded } from '../values/query-ended.js';
import { type Ref, UnresolvedRef, Version } from '../values/values.js';
import { MAX_CALL_DEPTH, QueryBudget } from './budget.js';
import { rootContext, type Surroundings } from './context.js';
import type { Answer, Cost, Engine, EventStream, Opening, QueryRequest, StreamRequest } from './engine.js';
import { hasSucceeded, type Outcome } from './engine.js';
import { indent } from './indent.js';
import { languageOf, readLambda } from './languages.js';
import { parseFields } from './streams/fields.js';
import { StreamHub } from './streams/hub.js';
import { streamSource } from './streams/source.js';
import { DeferredResults, Suspension } from './suspension.js';

export interface EngineOptions {
  readonly store: Store;
  /** The secret that opens the root database with all rights. */
  readonly rootKey: string;
  /** How many steps a query may take: calls of functions and lambdas, elements of sets. 2,000,000 unless told. */
  readonly maxSteps?: number;
}

const DEFAULT_MAX_STEPS = 2_000_000;
const STEPS_PER_COMPUTE_OP = 50;
/** How long the predicates of a membership may take where nothing else is evaluated, in ms. */
const AUTHENTICATION_TIMEOUT = 5_000;
/** How long it may take to tell one who watches of one transaction, in ms. */
const WATCHING_TIMEOUT = 5_000;
/** How long one step of maintenance may take, in ms. */
const MAINTENANCE_TIMEOUT = 5_000;
const UNAUTHORIZED = '{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}';

const NOT_FOUND = '{"errors":[{"code":"not found","description":"Not Found"}]}';

/** What became of an evaluation, and the JSON that says so. */
interface Evaluated {
  readonly outcome: Outcome;
  readonly body: string;
}

/** Opens the database that lies in a store. */
export function openEngine(options: EngineOptions): Engine {
  return new FqlEngine(options);
}

class FqlEngine implements Engine {
  readonly #store: Store;
  readonly #model = new Model({ lambda: readLambda });
  readonly #authenticator: Authenticator;
  readonly #hub = new StreamHub();
  readonly #maintenance: Maintenance;
  readonly #maxSteps: number;

  constructor({ store, rootKey, maxSteps = DEFAULT_MAX_STEPS }: EngineOptions) {
    this.#store = store;
    store.onRollback(() => this.#model.forget());
    this.#authenticator = new Authenticator(new RootKey(rootKey));
    this.#maxSteps = maxSteps;
    this.#maintenance = new Maintenance((work) => this.#asServer(work));
    this.#maintenance.start();
  }

  authenticate(secret: string | undefined): Opening | undefined | Promise<Opening | undefined> {
    return untilSettled((deferred) => this.#authenticate(secret, deferred));
  }

  #authenticate(secret: string | undefined, deferred: DeferredResults): Opening | undefined {
    return this.#store.transact((transaction) => {
      const surroundings = this.#surroundings(transaction, AUTHENTICATION_TIMEOUT, deferred);
      const auth = this.#auth(surroundings, secret);
      transaction.rollback();
      return auth && { globalId: surroundings.model.schema(auth.scope).database?.globalId ?? globalIdOf(0n) };
    }).value;
  }

  #surroundings(
    transaction: Transaction,
    timeout: number,
    deferred: DeferredResults,
    apiVersion: ApiVersion = API_VERSION,
  ): Surroundings {
    const snapshotTime = this.#model.nextTime(transaction);
    const model = new ModelView(this.#model, transaction, snapshotTime);
    return { model, snapshotTime, apiVersion, budget: new QueryBudget(timeout, this.#maxSteps), deferred };
  }

  #auth(surroundings: Surroundings, secret: string | undefined): Auth | undefined {
    const acting = (auth: Auth) => rootContext(surroundings, auth, { effect: 'read', reason: 'auth predicates' });
    return this.#authenticator.authenticate(surroundings.model, secret, acting);
  }

  execute(request: QueryRequest): Answer | Promise<Answer> {
    return untilSettled((deferred) => this.#execute(request, deferred));
  }

  stream(request: StreamRequest): Answer | EventStream | Promise<Answer | EventStream> {
    return untilSettled((deferred) => this.#stream(request, deferred));
  }

  async close(): Promise<void> {
    this.#maintenance.stop();
    this.#hub.endAll();
  }

  /** Evaluates in one transaction. @throws {Suspension} when it must wait for something first; then it has left nothing. */
  #execute(request: QueryRequest, deferred: DeferredResults): Answer {
    const log = this.#hub.isWatched ? new ChangeLog() : undefined;
    const outcome = this.#store.transact((transaction) => {
      const surroundings = this.#surroundings(transaction, request.timeout, deferred, request.apiVersion);
      const { model, apiVersion } = surroundings;
      model.keys.changes = log;
      return this.#answer(surroundings, request, (auth) => {
        const context = rootContext(surroundings, auth, effectLimit(request));
        if (this.#isMissing(request.subject, context)) return { outcome: 'missing', body: NOT_FOUND };
        const language = languageOf(apiVersion);
        const value = language.parse(request.query, apiVersion).evaluate(context);
        const body = language.answer(value, context);
        return { outcome: value instanceof Version && value.isNew ? 'created' : 'done', body };
      });
    });
    const answer = { ...outcome.value, durable: outcome.durable };
    if (log && !log.isEmpty && hasSucceeded(answer.outcome)) this.#publish(log, answer);
    return answer;
  }

  #stream(request: StreamRequest, deferred: DeferredResults): Answer | EventStream | Promise<EventStream> {
    let stream: EventStream | undefined;
    const outcome = this.#store.transact((transaction) => {
      const surroundings = this.#surroundings(transaction, request.timeout, deferred, request.apiVersion);
      const { apiVersion } = surroundings;
      const answer = this.#answer(surroundings, { ...request, pretty: false }, (auth) => {
        const fields = parseFields(request.fields);
        const context = rootContext(surroundings, auth, { effect: 'read', reason: 'stream requests' });
        const language = languageOf(apiVersion);
        const source = streamSource(language.parse(request.query, apiVersion).evaluate(context));
        const since = surroundings.snapshotTime;
        const standing = new Standing(surroundings.model, auth);
        const acting = (work: (context: QueryContext | undefined) => void) =>
          this.#acting(request.secret, apiVersion, standing, deferred, work);
        const dependsOn = (ref: Ref) => standing.isAbout(ref);
        const events = this.#hub.open({ source, fields, language, apiVersion, since, acting, dependsOn });
        stream = { id: String(this.#model.nextId()), transactionTime: since, events };
        return { outcome: 'done', body: '' };
      });
      transaction.rollback();
      return answer;
    });
    if (!stream) return { ...outcome.value, durable: outcome.durable };
    const opened = stream;
    // What it begins with must be on disk before anybody is told.
    return outcome.durable
      ? outcome.durable.then(
          () => opened,
          (error) => {
            opened.events(AbortSignal.abort());
            throw error;
          },
        )
      : opened;
  }

  /** Evaluates as whom the secret says, and answers what becomes of it; what has failed leaves nothing. */
  #answer(
    surroundings: Surroundings,
    { secret, pretty }: { readonly secret: string | undefined; readonly pretty: boolean },
    evaluate: (auth: Auth) => Evaluated,
  ): Omit<Answer, 'durable'> {
    const { snapshotTime, budget } = surroundings;
    const { transaction, usage } = surroundings.model.keys;
    const auth = this.#auth(surroundings, secret);
    usage.reset();
    const answer = ({ outcome, body }: Evaluated) => ({
      outcome,
      body: pretty ? indent(body) : body,
      transactionTime: snapshotTime,
      cost: costOf(budget, usage, hasSucceeded(outcome)),
    });
    if (!auth) return answer({ outcome: 'unauthorized', body: UNAUTHORIZED });
    try {
      const evaluated = evaluate(auth);
      surroundings.deferred.complete();
      return answer(evaluated);
    } catch (error) {
      const failed = evaluatedTo(error, surroundings.apiVersion);
      // What failed on a guess may yet succeed; what asked for too much is not given more.
      if (!(error instanceof QueryEnded)) surroundings.deferred.complete();
      transaction.rollback();
      return answer(failed);
    }
  }

  /** Looks at the present state as whom a secret said at the beginning of a stream, if it still does. */
  #acting(
    secret: string | undefined,
    apiVersion: ApiVersion,
    standing: Standing,
    deferred: DeferredResults,
    work: (context: QueryContext | undefined) => void,
  ): void {
    this.#store.transact((transaction) => {
      const surroundings = this.#surroundings(transaction, WATCHING_TIMEOUT, deferred, apiVersion);
      const now = this.#auth(surroundings, secret);
      const auth = now && standing.within(surroundings.model, now);
      work(auth && rootContext(surroundings, auth, { effect: 'read', reason: 'stream requests' }));
      transaction.rollback();
    });
  }

  /** Runs work as a transaction that no secret stands behind. Those who watch are told of it like of any other. */
  #asServer<T>(work: (contextFor: (scope: number) => QueryContext) => T): T {
    const log = this.#hub.isWatched ? new ChangeLog() : undefined;
    const { value, durable } = this.#store.transact((transaction) => {
      const surroundings = this.#surroundings(transaction, MAINTENANCE_TIMEOUT, new DeferredResults());
      surroundings.model.keys.changes = log;
      const contextFor = (scope: number) =>
        rootContext(surroundings, { scope, permissions: ROOT, source: { kind: 'root' }, identity: undefined });
      return { result: work(contextFor), transactionTime: surroundings.snapshotTime };
    });
    if (log && !log.isEmpty) this.#publish(log, { durable, transactionTime: value.transactionTime });
    return value.result;
  }

  #publish(log: ChangeLog, { durable, transactionTime }: Pick<Answer, 'durable' | 'transactionTime'>): void {
    const publish = () => this.#hub.publish(log, transactionTime);
    // Where the disk refuses, the request that wrote is told so; those who watch are told nothing.
    if (durable) durable.then(publish, () => {});
    // Drivers that begin to watch ask what there is meanwhile, and expect to be told that first.
    else setImmediate(publish);
  }

  #isMissing(subject: string | undefined, context: QueryContext): boolean {
    return (
      subject !== undefined &&
      languageOf(API_VERSION).parse(subject, API_VERSION).evaluate(context) instanceof UnresolvedRef
    );
  }
}

/** Runs again what is suspended, as often as that takes, each time with what has been found out meanwhile. */
function untilSettled<T>(run: (deferred: DeferredResults) => T | Promise<T>): T | Promise<T> {
  const deferred = new DeferredResults();
  const resume = async (first: Suspension): Promise<T> => {
    for (let suspension = first; ; ) {
      await deferred.settle(suspension);
      try {
        return run(deferred);
      } catch (error) {
        if (!(error instanceof Suspension)) throw error;
        suspension = error;
      }
    }
  };
  try {
    return run(deferred);
  } catch (error) {
    if (error instanceof Suspension) return resume(error);
    throw error;
  }
}

/** What a query has cost; what it wrote only where that is kept. */
function costOf({ steps }: QueryBudget, { readOps, writeOps, bytesRead, bytesWritten }: Usage, isKept: boolean): Cost {
  return {
    computeOps: Math.max(1, Math.ceil(steps / STEPS_PER_COMPUTE_OP)),
    byteReadOps: readOps,
    byteWriteOps: isKept ? writeOps : 0,
    storageBytesRead: bytesRead,
    storageBytesWrite: isKept ? bytesWritten : 0,
  };
}

function effectLimit({ readOnly }: QueryRequest): QueryContext['effectLimit'] {
  return readOnly ? { effect: 'read', reason: readOnly } : { effect: 'write', reason: '' };
}

/** What a query that has failed is answered. An exception that is none of FQL's own is a bug, and goes on. */
function evaluatedTo(error: unknown, version: ApiVersion): Evaluated {
  if (error instanceof Failure) {
    return { outcome: gravestKind(error.errors), body: languageOf(version).failure(error.errors, version) };
  }
  if (error instanceof QueryEnded) {
    const { reason, code, description } = error;
    return {
      outcome: reason === 'time' ? 'timed out' : 'invalid',
      body: JSON.stringify({ errors: [{ code, description }] }),
    };
  }
  // Calls nest deeper in JavaScript than in FQL; the deepest that FQL allows may be more than the stack holds.
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return evaluatedTo(stackOverflow(MAX_CALL_DEPTH, undefined), version);
  }
  throw error;
}
