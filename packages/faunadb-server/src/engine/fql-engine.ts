import { ReadSet, type Store, type Outcome as Transacted, type Transaction } from '@supertokens-faunadb/store';
import { API_VERSION } from '../fql4/wire/language-version.js';
import { Authenticator } from '../model/auth/authenticate.js';
import { ROOT } from '../model/auth/builtin-permissions.js';
import { ROLES_OF_SECRET } from '../model/auth/known-roles.js';
import { RolePermissions } from '../model/auth/role-permissions.js';
import { RootKey } from '../model/auth/root-key.js';
import { Standing } from '../model/auth/standing.js';
import { ChangeLog } from '../model/base/changes.js';
import { type Auth, PREDICATES } from '../model/base/context.js';
import type { Databases } from '../model/base/databases.js';
import type { Usage } from '../model/base/usage.js';
import { Maintenance, type Report } from '../model/maintenance/maintenance.js';
import { Model, snapshotTime } from '../model/model.js';
import { globalIdOf } from '../model/schema/global-id.js';
import { ModelView } from '../model/view.js';
import type { QueryContext } from '../query/context.js';
import { KEY } from '../storage/keys.js';
import { checkAnswer } from '../values/answer-size.js';
import type { ApiVersion } from '../values/api-version.js';
import { stackOverflow } from '../values/errors.js';
import { Failure, gravestKind } from '../values/failure.js';
import { ROOT_SCOPE } from '../values/ids.js';
import { limitExceeded, QueryEnded, timedOut } from '../values/query-ended.js';

import { type Ref, UnresolvedRef, Version } from '../values/values.js';
import { decodeChanges } from './apart/encoded-changes.js';
import { decodeWrites } from './apart/encoded-writes.js';
import { withTime } from './apart/shown-time.js';
import { putTime } from './apart/stamp.js';
import type { Client } from './apart/waiting-list.js';
import type {
  Answer,
  Cost,
  Engine,
  EventStream,
  Opening,
  QueryRequest,
  Request10,
  RolesRequest,
  StreamRequest,
  StreamRequest10,
} from './engine.js';
import { hasSucceeded, type Outcome } from './engine.js';
import { rootContext, type SharedContext } from './engine-context.js';
import { indent } from './indent.js';
import { isJson } from './is-json.js';
import type { Result, Written } from './job.js';
import { languageOf, readLambda } from './languages.js';
import { MeteredTransaction } from './metered.js';
import { Patience } from './patience.js';
import type * as Fql10 from './protocol10.js';
import { MAX_CALL_DEPTH, Overrun, QueryBudget } from './query-budget.js';
import { protocolError10, refusal10, unauthorized10 } from './refusal10.js';
import { parseFields } from './streams/fields.js';
import { StreamHub } from './streams/hub.js';
import { streamSource } from './streams/stream-source.js';
import { startEvent, watch4 } from './streams/watch4.js';
import { DeferredResults, Suspension } from './suspension.js';
import { Workers } from './workers.js';

export interface EngineOptions {
  readonly store: Store;
  /** The secret of the root database, with full access. */
  readonly rootKey: string;
  /** How many steps a query may take: calls of functions and lambdas, elements of sets. Default: 2,000,000. */
  readonly maxSteps?: number;
  /** Receives errors of background work, for which there is no request to answer. */
  readonly report?: Report;
  /** Set in a process that only computes what queries do, for another engine to apply. */
  readonly apart?: ApartOptions;
  /** Whether to evaluate slow queries in separate processes, so that they do not delay others. */
  readonly workers?: boolean;
  /** Returns the current time in ms. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/** Options of an engine in a separate process; {@link begun} and the following ones are for the current query. */
export interface ApartOptions {
  readonly slot: number;
  readonly maxMemory: number;
  /** The time of a transaction after which everything existing was on disk, in µs. */
  readonly begun: bigint;
  readonly stamp: { readonly time: bigint };
  readonly isWatched: boolean;
}

/**
 * In characters. Longer queries are not even parsed on the serving thread; above the first limit, only those with
 * many parts.
 */
const LONG_QUERY = 64 * 1024;
const VERY_LONG_QUERY = 1.5 * 1024 * 1024;
const MANY_PARTS = 4_096;
/** Longer schemas are parsed and checked in another process, in characters. */
const LONG_SCHEMA = 8 * 1024;
/**
 * A transaction that conflicts with others is evaluated on the serving thread if it takes no longer than this, in ms.
 */
const SMALL = 40;
/** How often a transaction that conflicts with others is evaluated. */
const TRIES = 5;

const DEFAULT_MAX_STEPS = 2_000_000;
const STEPS_PER_COMPUTE_OP = 50;
/** How long membership predicates may take outside of a query, in ms. */
const AUTHENTICATION_TIMEOUT = 80;
/** How long they may take in another process, in ms. */
const AUTHENTICATION_TIMEOUT_APART = 10_000;
/** How long the expression that names a stream's source may take, in ms. */
const STREAM_TIMEOUT = 80;
/** How long reading what a stream missed may take, in ms. */
const REPLAY_TIMEOUT = 10_000;
/** How long finding the events of one transaction for one stream may take, in ms. */
const WATCHING_TIMEOUT = 80;
/** How long one step of maintenance may take, in ms, before it is undone and retried in a smaller one. */
const MAINTENANCE_TIMEOUT = 80;
const UNAUTHORIZED = '{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}';

const CONTENDED = JSON.stringify({
  errors: [
    {
      code: 'contended transaction',
      description: 'Transaction was aborted due to detection of concurrent modification.',
    },
  ],
});
const NOT_FOUND = '{"errors":[{"code":"not found","description":"Not Found"}]}';

/** The outcome of an evaluation, with its JSON. */
interface Evaluated {
  readonly outcome: Outcome;
  readonly body: string;
}

/** Opens the database in a store. */
export function openEngine(options: EngineOptions): Engine {
  return new FqlEngine(options);
}

export class FqlEngine implements Engine {
  readonly #store: Store;
  readonly #model: Model;
  readonly #authenticator: Authenticator;
  readonly #hub: StreamHub;
  readonly #maintenance: Maintenance;
  readonly #maxSteps: number;
  readonly #report: Report;
  readonly #apart: ApartOptions | undefined;
  readonly #workers: Workers | undefined;
  readonly #patience = new Patience();
  /** The changes of the latest transaction, if streams need them. */
  lastChanges: ChangeLog | undefined;

  constructor(options: EngineOptions) {
    const { store, rootKey, maxSteps = DEFAULT_MAX_STEPS, report = () => {}, apart, workers, clock } = options;
    this.#store = store;
    this.#apart = apart;
    this.#report = report;
    this.#model = new Model({ lambda: readLambda, ...(apart && { slot: apart.slot }), ...(clock && { clock }) });
    this.#hub = new StreamHub(this.#model.clock, () => this.#settled());
    if (workers) this.#workers = new Workers(async () => ({ rootKey, file: await store.share() }));
    store.onRollback(() => this.#model.forget());
    this.#authenticator = new Authenticator(new RootKey(rootKey));
    this.#maxSteps = maxSteps;
    this.#maintenance = new Maintenance((work) => this.#asServer(work), report);
    if (!apart) this.#maintenance.start();
  }

  authenticate(secret: string | undefined): Opening | undefined | Promise<Opening | undefined> {
    return this.#here(
      secret,
      (deferred, patience) =>
        this.#store.transact((transaction) => {
          const timeout = patience === undefined ? AUTHENTICATION_TIMEOUT : AUTHENTICATION_TIMEOUT_APART;
          const shared = this.#sharedContext(transaction, timeout, deferred, API_VERSION, patience);
          const auth = this.#auth(shared, secret);
          transaction.rollback();
          return auth && openingOf(shared.model, auth.scope);
        }).value,
      () => this.#authenticateApart(secret),
    );
  }

  /** Has another process find out whether predicates let a secret open its database. */
  async #authenticateApart(secret: string | undefined): Promise<Opening | undefined> {
    const request: QueryRequest = { secret, query: 'null', timeout: AUTHENTICATION_TIMEOUT_APART, pretty: false };
    const client = await this.#clientOf(secret);
    if (!client) return undefined;
    const { scope } = client;
    if (scope === undefined) throw timedOut();
    const { outcome } = await this.#executeApart(request, performance.now());
    if (outcome === 'unauthorized') return undefined;
    if (!hasSucceeded(outcome)) throw timedOut();
    return this.#store.transact((transaction) => {
      const { model } = this.#sharedContext(transaction, AUTHENTICATION_TIMEOUT, new DeferredResults());
      return openingOf(model, scope);
    }).value;
  }

  #sharedContext(
    transaction: Transaction,
    timeout: number,
    deferred: DeferredResults,
    apiVersion: ApiVersion = API_VERSION,
    patience?: number,
    maxSteps = this.#maxSteps,
  ): SharedContext {
    const time = this.#apart ? snapshotTime(transaction, this.#apart.begun) : this.#model.nextTime(transaction);
    const { stolen } = this.#patience;
    const budget = new QueryBudget({ timeout, patience, stolen, maxSteps, maxMemory: this.#apart?.maxMemory });
    const metered = new MeteredTransaction(transaction, budget);
    const model = new ModelView(this.#model, metered, time, this.#apart?.stamp.time);
    return { model, snapshotTime: time, apiVersion, budget, deferred };
  }

  #auth(shared: SharedContext, secret: string | undefined): Auth | undefined {
    const acting = (auth: Auth) => rootContext(shared, auth, { effect: 'read', reason: PREDICATES });
    return this.#authenticator.authenticate(shared.model, secret, acting);
  }

  /** Authenticates for a stream. @throws {Suspension} if another process must evaluate membership predicates first */
  #authOfStream(shared: SharedContext, secret: string | undefined): Auth | undefined {
    try {
      return this.#auth(shared, secret);
    } catch (error) {
      const isSlow = error instanceof QueryEnded && error.reason === 'time';
      if (!isSlow || !this.#workers || shared.deferred.known(ROLES_OF_SECRET)) throw error;
      throw this.#awaitingRoles(secret);
    }
  }

  #awaitingRoles(secret: string | undefined): Suspension {
    return new Suspension(new Map([[ROLES_OF_SECRET, () => this.#rolesApart(secret)]]));
  }

  /** Has another process find the roles of a secret; there are none if it opens nothing. */
  async #rolesApart(secret: string | undefined): Promise<readonly bigint[]> {
    const request: RolesRequest = { kind: 'roles', secret, timeout: AUTHENTICATION_TIMEOUT_APART };
    const { outcome, body } = await this.#executeApart(request, performance.now());
    if (outcome === 'unauthorized') return [];
    if (!hasSucceeded(outcome)) throw timedOut();
    return (JSON.parse(body) as string[]).map(BigInt);
  }

  #roles({ secret, timeout }: RolesRequest, deferred: DeferredResults): Answer {
    const { value } = this.#store.transact((transaction) => {
      transaction.rollback();
      return this.#answer(this.#sharedContext(transaction, timeout, deferred), { secret }, ({ permissions }) => {
        const roles = permissions instanceof RolePermissions ? permissions.roles : [];
        return { outcome: 'done', body: JSON.stringify(roles.map(String)) };
      });
    });
    return { ...value, durable: undefined };
  }

  execute(request: AnyRequest): Answer | Promise<Answer> {
    const began = performance.now();
    const isApart = takesLong(request);
    return this.#here(
      request.secret,
      (deferred, patience) => this.#execute(request, deferred, patience),
      () => this.#executeApart(request, began),
      isApart,
    );
  }

  /** Does work on the serving thread; where that takes too long while others wait, `apart` does it instead. */
  #here<T>(
    secret: string | undefined,
    work: (deferred: DeferredResults, patience?: number) => T | Promise<T>,
    apart: () => T | Promise<T>,
    isApart = false,
  ): T | Promise<T> {
    if (!this.#workers) return untilSettled((deferred) => work(deferred));
    const patience = isApart ? undefined : this.#patience.of(secret ?? '');
    if (patience === undefined) return apart();
    const otherwise = (outcome: T | Overrun) => (outcome instanceof Overrun ? apart() : outcome);
    const outcome = this.#attempt(secret, (deferred) => work(deferred, patience));
    return outcome instanceof Promise ? outcome.then(otherwise) : otherwise(outcome);
  }

  /** Does work here, unless that takes longer than its patience. */
  #attempt<T>(
    secret: string | undefined,
    work: (deferred: DeferredResults) => T | Promise<T>,
  ): T | Overrun | Promise<T | Overrun> {
    return untilSettled<T | Overrun>((deferred) => {
      const began = performance.now();
      try {
        return work(deferred);
      } catch (error) {
        if (error instanceof Overrun) return error;
        throw error;
      } finally {
        this.#patience.spent(secret ?? '', performance.now() - began);
      }
    });
  }

  /** Has another process compute what a query does, and applies it. */
  async #executeApart(request: AnyRequest, began: number): Promise<Answer> {
    const client = await this.#clientOf(request.secret);
    if (!client) return refusedAnswer(unauthorized(request), this.#newTime());
    for (let tries = 0; tries < TRIES; tries++) {
      const watch = this.#store.watch();
      try {
        const begun = this.#newTime();
        const isWatched = this.#hub.isWatched;
        await this.#store.share();
        const result = await this.#workers!.run(
          { kind: 'execute', request, begun, isWatched },
          client,
          began + request.timeout,
        );
        if (!result.written) return { ...result.answer, durable: undefined };
        if (watch.touches(new ReadSet(result.written.reads)) || isWatched !== this.#hub.isWatched) {
          if (result.elapsed > SMALL) continue;
          const outcome = await this.#attempt(request.secret, (deferred) =>
            this.#execute(request, deferred, 2 * SMALL),
          );
          if (outcome instanceof Overrun) continue;
          return outcome;
        }
        return this.#write(result.answer, result.written);
      } catch (error) {
        return refusedAnswer(refusalOf(error, request), this.#newTime());
      } finally {
        watch.end();
      }
    }
    return refusedAnswer(contended(request), this.#newTime());
  }

  #newTime(): bigint {
    return this.#store.read((reader) => this.#model.nextTime(reader)).value;
  }

  /** Applies what another process has computed. */
  #write(answer: Result['answer'], { writes, places, shownStamp, changes }: Written): Answer {
    const { value: transactionTime, durable } = this.#store.transact((transaction) => {
      const time = this.#model.nextTime(transaction);
      putTime(writes, places, time);
      for (const [key, value] of decodeWrites(writes)) {
        if (value) transaction.put(key, value);
        else transaction.remove(key);
        if (value && key[0] === KEY.document) this.#model.recent?.note(key, time);
      }
      return time;
    });
    const body = shownStamp === undefined ? answer.body : withTime(answer.body, shownStamp, transactionTime);
    const written = { ...answer, body, transactionTime, durable };
    if (changes && this.#hub.isWatched) {
      putTime(changes.bytes, changes.places, transactionTime);
      this.#publish(
        decodeChanges(changes.bytes, (scope) => ({ scope, lambda: readLambda })),
        written,
      );
    }
    return written;
  }

  /**
   * The client of a query; `undefined` if the secret opens nothing. No predicate is evaluated for that: what it decides
   * is found where it may take its time.
   */
  async #clientOf(secret = ''): Promise<(Client & { readonly scope: number | undefined }) | undefined> {
    return untilSettled(
      (deferred) =>
        this.#store.transact((transaction) => {
          const noSteps = [API_VERSION, undefined, 0] as const;
          const shared = this.#sharedContext(transaction, AUTHENTICATION_TIMEOUT, deferred, ...noSteps);
          let scope: number | undefined;
          const acting = (auth: Auth) => {
            scope = auth.scope;
            return rootContext(shared, auth, { effect: 'read', reason: PREDICATES });
          };
          transaction.rollback();
          try {
            const auth = this.#authenticator.authenticate(shared.model, secret, acting);
            if (!auth) return undefined;
            scope = auth.scope;
          } catch (error) {
            if (!(error instanceof QueryEnded)) throw error;
          }
          const tree = scope === undefined ? secret : String(treeOf(shared.model, scope));
          return { tree, who: secret, scope };
        }).value,
    );
  }

  stream(request: StreamRequest | StreamRequest10): Answer | EventStream | Promise<Answer | EventStream> {
    if ('kind' in request) {
      return this.#here<Answer | EventStream>(
        request.secret,
        (deferred, patience) => this.#stream10(request, deferred, patience),
        () => untilSettled((deferred) => this.#stream10(request, deferred)),
      );
    }
    const began = performance.now();
    return this.#here<Answer | EventStream>(
      request.secret,
      (deferred, patience) => this.#stream(request, deferred, patience),
      () => this.#streamFoundApart(request, began),
      isLong(request.query),
    );
  }

  /** Opens a stream whose source takes long to find: another process finds it. */
  async #streamFoundApart(request: StreamRequest, began: number): Promise<Answer | EventStream> {
    const { secret, query, apiVersion, timeout } = request;
    const search: QueryRequest = {
      secret,
      query,
      timeout,
      pretty: false,
      readOnly: 'stream requests',
      ...(apiVersion ? { apiVersion } : {}),
    };
    const found = await this.#executeApart(search, began);
    if (!hasSucceeded(found.outcome)) return found;
    const source = resourceOf(found.body);
    return untilSettled((deferred) => this.#stream({ ...request, query: source }, deferred));
  }

  async close(): Promise<void> {
    this.#maintenance.stop();
    this.#workers?.close();
    this.#hub.endAll();
  }

  /**
   * Evaluates in one transaction. @throws {Suspension} if it must wait for something first; nothing is committed
   * then.
   */
  #execute(request: AnyRequest, deferred: DeferredResults, patience?: number): Answer {
    if (isForRoles(request)) return this.#roles(request, deferred);
    if (is10(request)) return this.#execute10(request, deferred, patience);
    const log = (this.#apart?.isWatched ?? this.#hub.isWatched) ? new ChangeLog() : undefined;
    this.lastChanges = log;
    const outcome = this.#store.transact((transaction) => {
      const shared = this.#sharedContext(transaction, request.timeout, deferred, request.apiVersion, patience);
      const { model, apiVersion } = shared;
      model.keys.changes = log;
      return this.#answer(shared, request, (auth) => {
        const context = rootContext(shared, auth, effectLimit(request));
        if (this.#isMissing(request.subject, context)) return { outcome: 'missing', body: NOT_FOUND };
        const language = languageOf(apiVersion);
        const evaluated = language.parse(textOf(request), apiVersion).evaluate(context);
        const value = request.readOnly === 'stream requests' ? streamSource(evaluated) : evaluated;
        const body = language.answer(value, context);
        checkAnswer(body.length);
        return { outcome: value instanceof Version && value.isNew ? 'created' : 'done', body };
      });
    });
    const answer = { ...outcome.value, durable: outcome.durable };
    if (log && !log.isEmpty && hasSucceeded(answer.outcome) && !this.#apart) this.#publish(log, answer);
    return answer;
  }

  #execute10(request: Request10, deferred: DeferredResults, patience?: number): Answer {
    const fql10 = loadFql10(deferred);
    const began = performance.now();
    const log = (this.#apart?.isWatched ?? this.#hub.isWatched) ? new ChangeLog() : undefined;
    this.lastChanges = log;
    const done = this.#store.transact((transaction) => {
      const shared = this.#sharedContext(transaction, request.timeout, deferred, undefined, patience);
      const { model, snapshotTime, budget } = shared;
      const { usage } = model.keys;
      model.keys.changes = log;
      const answer = (outcome: Outcome, body: (cost: Cost) => string) => {
        const isKept = hasSucceeded(outcome);
        if (!isKept) transaction.rollback();
        const cost = costOf(budget, usage, isKept);
        return { outcome, body: body(cost), transactionTime: snapshotTime, cost };
      };
      const evaluate = fql10.prepare10(request);
      if ('fault' in evaluate) {
        return answer('invalid', () => protocolError10('invalid_request', evaluate.fault, request));
      }
      const auth = this.#auth(shared, request.secret);
      usage.reset();
      if (!auth) return answer('unauthorized', () => unauthorized(request).body);
      try {
        const { outcome, body } = evaluate(rootContext(shared, auth), began);
        deferred.complete();
        const answered = answer(outcome, body);
        checkAnswer(answered.body.length);
        return answered;
      } catch (error) {
        if (!(error instanceof QueryEnded)) throw error;
        const { outcome, body } = refusal10(error, request);
        return answer(outcome, () => body);
      }
    });
    const answer = { ...done.value, durable: done.durable };
    if (log && !log.isEmpty && hasSucceeded(answer.outcome) && !this.#apart) this.#publish(log, answer);
    return answer;
  }

  #stream(
    request: StreamRequest,
    deferred: DeferredResults,
    patience?: number,
  ): Answer | EventStream | Promise<EventStream> {
    let stream: EventStream | undefined;
    const outcome = this.#store.transact((transaction) => {
      const timeout = patience === undefined ? Math.min(request.timeout, STREAM_TIMEOUT) : request.timeout;
      const shared = this.#sharedContext(transaction, timeout, deferred, request.apiVersion, patience);
      const { apiVersion } = shared;
      const answer = this.#answer(shared, { secret: request.secret, isStream: true }, (auth) => {
        if (isLong(request.query)) throw limitExceeded('The query of a stream is too long.');
        const fields = parseFields(request.fields);
        const context = rootContext(shared, auth, { effect: 'read', reason: 'stream requests' });
        const language = languageOf(apiVersion);
        const source = streamSource(language.parse(request.query, apiVersion).evaluate(context));
        const since = shared.snapshotTime;
        const standing = this.#standing(shared, auth, request.secret);
        const watch = watch4({ source, fields, language, apiVersion }, standing);
        const events = this.#hub.open(watch, startEvent(since));
        stream = { id: String(this.#model.nextId()), transactionTime: since, events };
        return { outcome: 'done', body: '' };
      });
      transaction.rollback();
      return answer;
    });
    if (!stream) return { ...outcome.value, durable: outcome.durable };
    return onceDurable(stream, outcome.durable);
  }

  /** Opens a stream of FQL v10: first it reports what happened since its source was made, then all that happens. */
  #stream10(
    request: StreamRequest10,
    deferred: DeferredResults,
    patience?: number,
  ): Answer | EventStream | Promise<EventStream> {
    const { prepareStream } = loadFql10(deferred);
    const { secret, body } = request;
    let stream: EventStream | undefined;
    const outcome = this.#store.transact((transaction) => {
      const shared = this.#sharedContext(transaction, STREAM_TIMEOUT, deferred, undefined, patience);
      const { snapshotTime: since, budget, model } = shared;
      const answer = (evaluated: Evaluated) => ({
        ...evaluated,
        transactionTime: since,
        cost: costOf(budget, model.keys.usage, false),
      });
      const invalid = (fault: string) =>
        answer({ outcome: 'invalid', body: protocolError10('invalid_request', fault, UNTAGGED) });
      transaction.rollback();
      if (isLong(body)) return invalid('The event source of a stream is too long.');
      const open = prepareStream(request);
      if ('fault' in open) return invalid(open.fault);
      const auth = this.#authOfStream(shared, secret);
      if (!auth) return answer({ outcome: 'unauthorized', body: unauthorized10(request) });
      try {
        const opened = open(rootContext(shared, auth));
        if ('fault' in opened) return invalid(opened.fault);
        deferred.complete();
        const live = this.#hub.open(opened.watch(this.#standing(shared, auth, secret)));
        const past = () =>
          this.execute({ kind: 'replay', secret, body, until: since, timeout: REPLAY_TIMEOUT, ...UNTAGGED });
        const events = (signal: AbortSignal) => untilOver(signal, (over) => opened.events(past, live(over)));
        stream = { id: String(this.#model.nextId()), transactionTime: since, events };
        return answer({ outcome: 'done', body: '' });
      } catch (error) {
        if (!(error instanceof QueryEnded)) throw error;
        return answer(refusal10(error, { ...UNTAGGED, timeout: REPLAY_TIMEOUT }));
      }
    });
    return stream ? onceDurable(stream, outcome.durable) : { ...outcome.value, durable: outcome.durable };
  }

  /** What the rights of a new stream rest on. */
  #standing(shared: SharedContext, auth: Auth, secret: string | undefined) {
    const { model, snapshotTime: since, apiVersion, deferred } = shared;
    const standing = new Standing(model, auth);
    return {
      since,
      acting: (work: (context: QueryContext | undefined) => void) =>
        this.#acting(secret, apiVersion, standing, deferred, work),
      dependsOn: (ref: Ref) => standing.isAbout(ref),
    };
  }

  /** @returns a time in µs, once streams have been told of all transactions until then. */
  async #settled(): Promise<bigint> {
    const { value: time, durable } = this.#store.transact((transaction) => this.#model.nextTime(transaction));
    await durable;
    // Those that need not wait for the disk are told in the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    return time;
  }

  /** Evaluates with the rights of a secret, and returns the outcome; a failure is rolled back. */
  #answer(
    shared: SharedContext,
    {
      secret,
      pretty = false,
      isStream = false,
    }: { readonly secret: string | undefined; readonly pretty?: boolean; readonly isStream?: boolean },
    evaluate: (auth: Auth) => Evaluated,
  ): Omit<Answer, 'durable'> {
    const { snapshotTime, budget } = shared;
    const { transaction, usage } = shared.model.keys;
    const auth = isStream ? this.#authOfStream(shared, secret) : this.#auth(shared, secret);
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
      shared.deferred.complete();
      return answer(evaluated);
    } catch (error) {
      if (error instanceof Overrun) throw error;
      const failed = evaluatedTo(error, shared.apiVersion);
      // What failed on a guess may succeed with the real result; a query that exceeded its limits gets no second run.
      if (!(error instanceof QueryEnded)) shared.deferred.complete();
      transaction.rollback();
      return answer(failed);
    }
  }

  /**
   * Reads the current state with the rights that a secret had when a stream began, if it still has them. If its membership
   * predicates are slow, another process evaluates them before.
   */
  #acting(
    secret: string | undefined,
    apiVersion: ApiVersion,
    standing: Standing,
    deferred: DeferredResults,
    work: (context: QueryContext | undefined) => void,
  ): void | Promise<void> {
    const act = () => {
      this.#store.transact((transaction) => {
        const shared = this.#sharedContext(transaction, WATCHING_TIMEOUT, deferred, apiVersion);
        const now = this.#authOfStream(shared, secret);
        const auth = now && standing.within(shared.model, now);
        work(auth && rootContext(shared, auth, { effect: 'read', reason: 'stream requests' }));
        transaction.rollback();
      });
    };
    // Those that were slow before are not tried here again; what they said before may no longer hold.
    const isSlow = deferred.known(ROLES_OF_SECRET) !== undefined;
    deferred.forget(ROLES_OF_SECRET);
    if (!isSlow) return untilSettled(act, deferred);
    return deferred.settle(this.#awaitingRoles(secret)).then(() => untilSettled(act, deferred));
  }

  /** Runs work as a transaction without a secret. Streams report its changes like those of any other. */
  #asServer<T>(work: (contextFor: (scope: number) => QueryContext) => T): Transacted<T> {
    const log = this.#hub.isWatched ? new ChangeLog() : undefined;
    const { value, durable } = this.#store.transact((transaction) => {
      const shared = this.#sharedContext(transaction, MAINTENANCE_TIMEOUT, new DeferredResults());
      shared.model.keys.changes = log;
      const contextFor = (scope: number) =>
        rootContext(shared, { scope, permissions: ROOT, source: { kind: 'root' }, identity: undefined });
      return { result: work(contextFor), transactionTime: shared.snapshotTime };
    });
    if (log && !log.isEmpty) this.#publish(log, { durable, transactionTime: value.transactionTime });
    return { value: value.result, durable };
  }

  #publish(log: ChangeLog, { durable, transactionTime }: Pick<Answer, 'durable' | 'transactionTime'>): void {
    const publish = () => {
      try {
        this.#hub.publish(log, transactionTime);
      } catch (error) {
        // Nothing awaits this, and the writer has its answer.
        this.#report('streams', error);
      }
    };
    // If the disk refuses the write, its request reports that, and streams report nothing.
    if (durable) durable.then(publish, () => {});
    // Drivers that open a stream read the current state meanwhile, and expect that answer first.
    else setImmediate(publish);
  }

  #isMissing(subject: string | undefined, context: QueryContext): boolean {
    return (
      subject !== undefined &&
      languageOf(API_VERSION).parse(subject, API_VERSION).evaluate(context) instanceof UnresolvedRef
    );
  }
}

type AnyRequest = QueryRequest | Request10 | RolesRequest;

const isForRoles = (request: AnyRequest): request is RolesRequest => 'kind' in request && request.kind === 'roles';
const is10 = (request: AnyRequest): request is Request10 => 'kind' in request && !isForRoles(request);

let loadedFql10: typeof Fql10 | undefined;

/** Loads FQL v10 when the first request in it arrives. */
function loadFql10(deferred: DeferredResults): typeof Fql10 {
  loadedFql10 ??= deferred.require('answers in FQL v10', () => import('./protocol10.js'));
  return loadedFql10;
}

const UNTAGGED = { tags: undefined } as const;

/** A stream that may be reported from once what it read is on disk. */
function onceDurable(stream: EventStream, durable: Promise<void> | undefined): EventStream | Promise<EventStream> {
  if (!durable) return stream;
  return durable.then(
    () => stream,
    async (error) => {
      const events = stream.events(AbortSignal.abort())[Symbol.asyncIterator]();
      await events.next();
      await events.return?.();
      throw error;
    },
  );
}

/** The events of a stream, whose signal is aborted when they end. */
async function* untilOver(
  signal: AbortSignal,
  events: (over: AbortSignal) => AsyncIterable<string>,
): AsyncGenerator<string> {
  const end = new AbortController();
  try {
    yield* events(AbortSignal.any([signal, end.signal]));
  } finally {
    end.abort();
  }
}

/** The answer to requests without a valid secret. */
const unauthorized = (request: AnyRequest): Evaluated => ({
  outcome: 'unauthorized',
  body: is10(request) ? unauthorized10(request) : UNAUTHORIZED,
});

/** The answer to a transaction that conflicted with others too often. */
const contended = (request: AnyRequest): Evaluated => ({
  outcome: 'contended',
  body: is10(request)
    ? protocolError10(
        'contended_transaction',
        'Transaction was aborted due to detection of concurrent modification.',
        request,
      )
    : CONTENDED,
});

/** The answer to a query that another process could not evaluate. */
function refusalOf(error: unknown, request: AnyRequest): Evaluated {
  if (!is10(request))
    return evaluatedTo(error, isForRoles(request) ? API_VERSION : (request.apiVersion ?? API_VERSION));
  if (error instanceof QueryEnded) return refusal10(error, request);
  throw error;
}

/** The text of a query. JSON from the client is quoted, so that it can only be a value. */
function textOf({ query, params }: QueryRequest): string | undefined {
  if (params === undefined) return query;
  return isJson(params) ? `${query},"params":{"quote":${params}}}` : params;
}

/** Whether even parsing a request takes long. */
function takesLong(request: AnyRequest): boolean {
  if (isForRoles(request)) return false;
  if (!is10(request)) return isLong(request.query) || isLong(request.params);
  if (request.kind !== 'schema') return 'body' in request && isLong(request.body, /[^\w\s]/g);
  const length = request.files.reduce((sum, { name, text }) => sum + name.length + text.length, request.text.length);
  return length > LONG_SCHEMA;
}

/** Whether even parsing the query takes long. One long string in it does not. `separator` is what parts its parts. */
function isLong(query = '', separator = /,/g): boolean {
  if (query.length <= LONG_QUERY || query.length > VERY_LONG_QUERY) return query.length > LONG_QUERY;
  let parts = 0;
  for (const _ of query.matchAll(separator)) if (++parts >= MANY_PARTS) return true;
  return false;
}

/** The database that a secret opens. */
function openingOf(model: Databases, scope: number): Opening {
  return { globalId: model.schema(scope).database?.globalId ?? globalIdOf(0n) };
}

/** The text of an answer's resource, which is missing if nothing of it can be named. */
function resourceOf(body: string): string {
  const at = body.indexOf(':');
  return at < 0 ? 'null' : body.slice(at + 1, -1);
}

/** The database right below the root that contains a database, or is it. */
function treeOf(view: Databases, scope: number): number {
  for (let inner = scope; ; ) {
    const parent = view.schema(inner).database?.parent;
    if (parent === undefined || parent === ROOT_SCOPE) return inner;
    inner = parent;
  }
}

/** The answer to a request that never became a transaction. */
function refusedAnswer(evaluated: Evaluated, transactionTime: bigint): Answer {
  return { ...evaluated, transactionTime, cost: NO_COST, durable: undefined };
}

const NO_COST: Cost = { computeOps: 1, byteReadOps: 0, byteWriteOps: 0, storageBytesRead: 0, storageBytesWrite: 0 };

/** Runs suspended work again until it completes, each time with the results found meanwhile. */
function untilSettled<T>(
  run: (deferred: DeferredResults) => T | Promise<T>,
  deferred = new DeferredResults(),
): T | Promise<T> {
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

/** The cost of a query; what it wrote counts only if it was committed. */
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

/** The answer to a query that has failed. An exception that is not one of FQL's is a bug, and is thrown again. */
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
  // One FQL call takes several JavaScript calls, so FQL's deepest nesting may exceed the JavaScript stack.
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return evaluatedTo(stackOverflow(MAX_CALL_DEPTH, undefined), version);
  }
  throw error;
}
