import { ReadSet, type Store, type Outcome as Transacted, type Transaction } from '@supertokens-faunadb/store';
import { API_VERSION } from '../fql4/wire/language-version.js';
import { Authenticator } from '../model/auth/authenticate.js';
import { ROOT } from '../model/auth/builtin-permissions.js';
import { ROLES_OF_SECRET } from '../model/auth/known-roles.js';
import { RootKey } from '../model/auth/root-key.js';
import { limitedTo, rolesOf, Standing } from '../model/auth/standing.js';
import { ChangeLog } from '../model/base/changes.js';
import { type Auth, PREDICATES } from '../model/base/context.js';
import type { Databases } from '../model/base/databases.js';
import { Maintenance, type Report } from '../model/maintenance/maintenance.js';
import { Model, snapshotTime } from '../model/model.js';
import { globalIdOf } from '../model/schema/global-id.js';
import { ModelView } from '../model/view.js';
import type { QueryContext } from '../query/context.js';
import { KEY } from '../storage/keys.js';
import { checkAnswer } from '../values/answer-size.js';
import type { ApiVersion } from '../values/api-version.js';
import { ROOT_SCOPE } from '../values/ids.js';
import { limitExceeded, QueryEnded, timedOut } from '../values/query-ended.js';
import { UnresolvedRef, Version } from '../values/values.js';
import { decodeChanges, encodeChanges } from './apart/encoded-changes.js';
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
  ReportRequest,
  Request10,
  StreamRequest,
  StreamRequest10,
} from './engine.js';
import { hasSucceeded, type Outcome } from './engine.js';
import { rootContext, type SharedContext } from './engine-context.js';
import {
  contended,
  costOf,
  type Evaluated,
  evaluatedTo,
  refusalOf,
  refusedAnswer,
  UNAUTHORIZED,
  unauthorized,
} from './evaluated.js';
import { openStream4 } from './events4.js';
import { indent } from './indent.js';
import type { Result, Written } from './job.js';
import { languageOf, readLambda } from './languages.js';
import { MeteredTransaction } from './metered.js';
import { Patience } from './patience.js';
import type * as Fql10 from './protocol10.js';
import { Overrun, QueryBudget } from './query-budget.js';
import { protocolError10, refusal10, unauthorized10 } from './refusal10.js';
import {
  type AnyRequest,
  effectLimit,
  is10,
  isLong,
  isOfStream,
  type RequestOfStream,
  takesLong,
  textOf,
  versionOf,
} from './requests.js';
import { type OpenedStream, onceDurable, untilOver } from './stream-life.js';
import { StreamHub, type Watch } from './streams/hub.js';
import {
  decodeReport,
  encodeReport,
  type Published,
  type ReportApart,
  reportOf,
  type StreamReport,
} from './streams/report.js';
import { DeferredResults, untilSettled } from './suspension.js';
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
 * A transaction that conflicts with others is evaluated on the serving thread if it takes no longer than this, in ms.
 */
const SMALL = 40;
/** How often a transaction that conflicts with others is evaluated. */
const TRIES = 5;

const DEFAULT_MAX_STEPS = 2_000_000;
/** How long membership predicates may take outside of a query, in ms. */
const AUTHENTICATION_TIMEOUT = 80;
/** How long they may take in another process, in ms. */
const AUTHENTICATION_TIMEOUT_APART = 10_000;
/** How long finding a stream's source may take on the serving thread, in ms. */
const STREAM_TIMEOUT = 80;
/** How long reading what a stream missed may take, in ms. */
const REPLAY_TIMEOUT = 10_000;
/** How long finding what a stream reports at once may take, in ms. */
const WATCHING_TIMEOUT = 80;
/** How long it may take in another process, in ms. */
const REPORT_TIMEOUT = 10_000;
/** How long it may delay others before another process finds it, in ms: many streams may report at the same time. */
const REPORT_PATIENCE = 5;
/** A report that takes no longer than this, in ms, is found on the serving thread, whatever else its client does. */
const SMALL_REPORT = 3;
/** How long one step of maintenance may take, in ms, before it is undone and retried in a smaller one. */
const MAINTENANCE_TIMEOUT = 80;
const STREAM_READS = { effect: 'read', reason: 'stream requests' } as const;
const NOT_FOUND = '{"errors":[{"code":"not found","description":"Not Found"}]}';

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

  /**
   * Does work on the serving thread; where that takes too long while others wait, `apart` does it instead.
   *
   * @param isApart whether it is known to take long
   * @param patience with it
   */
  #here<T>(
    secret: string | undefined,
    work: (deferred: DeferredResults, patience?: number) => T | Promise<T>,
    apart: () => T | Promise<T>,
    isApart = false,
    patience = this.#patience.of(secret ?? ''),
  ): T | Promise<T> {
    if (!this.#workers) return untilSettled((deferred) => work(deferred));
    if (isApart || patience === undefined) return apart();
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
      this.#publish(readChanges(changes.bytes), written);
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
    return this.#here<Answer | EventStream>(
      request.secret,
      (deferred, patience) => this.#open(request, deferred, patience),
      () => this.#openApart(request),
      !('kind' in request) && isLong(request.query),
    );
  }

  /** Opens a stream whose source or rights take long to find: another process finds them. */
  async #openApart(request: StreamRequest | StreamRequest10): Promise<Answer | EventStream> {
    const { secret } = request;
    const timeout = 'kind' in request ? REPLAY_TIMEOUT : request.timeout;
    const found = await this.#executeApart({ kind: 'opening', secret, stream: request, timeout }, performance.now());
    if (!hasSucceeded(found.outcome)) return found;
    const { roles, query } = JSON.parse(found.body) as { roles: string[]; query?: string };
    return untilSettled((deferred) => {
      deferred.note(ROLES_OF_SECRET, roles.map(BigInt));
      return this.#open('kind' in request ? request : { ...request, query }, deferred, undefined, true);
    });
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
    if (isOfStream(request)) return this.#executeForStream(request, deferred);
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
        const value = language.parse(textOf(request), apiVersion).evaluate(context);
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

  /**
   * Opens a stream, in one transaction.
   *
   * @param isKnown whether another process has evaluated what it is of
   */
  #open(
    request: StreamRequest | StreamRequest10,
    deferred: DeferredResults,
    patience?: number,
    isKnown = false,
  ): Answer | EventStream | Promise<EventStream> {
    let stream: EventStream | undefined;
    const outcome = this.#store.transact((transaction) => {
      const timeout = patience === undefined ? STREAM_TIMEOUT : REPLAY_TIMEOUT;
      const shared = this.#sharedContext(transaction, timeout, deferred, versionOf(request), patience);
      const { snapshotTime: since } = shared;
      const answer = this.#openIn(shared, request, isKnown, (opened, auth) => {
        const live = this.#hub.open(this.#watch(shared, auth, opened), opened.first?.(since));
        const past =
          ({ secret, body }: StreamRequest10) =>
          () =>
            this.execute({ kind: 'replay', secret, body, until: since, timeout: REPLAY_TIMEOUT, ...UNTAGGED });
        const events = (signal: AbortSignal) =>
          untilOver(signal, (over) =>
            'kind' in request && opened.events ? opened.events(past(request), live(over)) : live(over),
          );
        stream = { id: String(this.#model.nextId()), transactionTime: since, events };
        return '';
      });
      transaction.rollback();
      return answer;
    });
    return stream ? onceDurable(stream, outcome.durable) : { ...outcome.value, durable: outcome.durable };
  }

  /** Evaluates what a stream is of, and gives it to `use`, which makes the answer's body. */
  #openIn(
    shared: SharedContext,
    request: StreamRequest | StreamRequest10,
    isKnown: boolean,
    use: (stream: OpenedStream, auth: Auth) => string,
  ): Omit<Answer, 'durable'> {
    const { secret } = request;
    const done = (stream: OpenedStream, auth: Auth): Evaluated => {
      shared.deferred.complete();
      return { outcome: 'done', body: use(stream, auth) };
    };
    if (!('kind' in request)) {
      return this.#answer(shared, { secret }, (auth) => {
        // In another process it may be long: what it returns is not.
        if (!this.#apart && isLong(request.query)) throw limitExceeded('The query of a stream is too long.');
        return done(openStream4(rootContext(shared, auth, STREAM_READS), request), auth);
      });
    }
    const { prepareStream } = loadFql10(shared.deferred);
    const invalid = (fault: string): Evaluated => {
      return { outcome: 'invalid', body: protocolError10('invalid_request', fault, UNTAGGED) };
    };
    const opened = (): Evaluated => {
      if (isLong(request.body)) return invalid('The event source of a stream is too long.');
      const open = prepareStream(request, isKnown);
      if ('fault' in open) return invalid(open.fault);
      const auth = this.#auth(shared, secret);
      if (!auth) return { outcome: 'unauthorized', body: unauthorized10(request) };
      const stream = open(rootContext(shared, auth));
      return 'fault' in stream ? invalid(stream.fault) : done(stream, auth);
    };
    const answer = (evaluated: Evaluated) => ({
      ...evaluated,
      transactionTime: shared.snapshotTime,
      cost: costOf(shared.budget, shared.model.keys.usage, false),
    });
    try {
      return answer(opened());
    } catch (error) {
      if (!(error instanceof QueryEnded)) throw error;
      return answer(refusal10(error, { ...UNTAGGED, timeout: REPLAY_TIMEOUT }));
    }
  }

  /** Finds what a stream of another process needs, where it may take its time. */
  #executeForStream(request: RequestOfStream, deferred: DeferredResults): Answer {
    const { value } = this.#store.transact((transaction) => {
      deferred.forget(ROLES_OF_SECRET);
      const shared = this.#sharedContext(transaction, request.timeout, deferred, versionOf(request));
      const isOpen = request.kind === 'report';
      const answer = this.#openIn(shared, request.stream, isOpen, ({ view, found }, auth) => {
        const roles = rolesOf(auth) ?? [];
        if (!isOpen)
          return JSON.stringify({ roles: roles.map(String), ...('kind' in found ? {} : { query: found.query }) });
        const kept = request.roles ? limitedTo(shared.model, auth, request.roles) : auth;
        const transactions = request.transactions.map(({ time, changes }) => ({ time, log: readChanges(changes) }));
        return encodeReport({ ...reportOf(rootContext(shared, kept, STREAM_READS), view, transactions), roles });
      });
      transaction.rollback();
      return answer;
    });
    return { ...value, durable: undefined };
  }

  /** Watches for what a new stream reports, with the rights that it has now. */
  #watch(shared: SharedContext, auth: Auth, opened: OpenedStream): Watch {
    const { snapshotTime: since, apiVersion, deferred: results } = shared;
    const standing = new Standing(shared.model, auth);
    // Its roles are asked for again and again, and what else its beginning had to wait for is not.
    results.forget(ROLES_OF_SECRET);
    const { view, found } = opened;
    const { secret } = found;
    const unauthorized = (transactions: readonly Published[]): StreamReport => {
      const time = transactions[0]?.time ?? BigInt(this.#model.clock()) * 1000n;
      return { events: [view.end('unauthorized', time)], reported: 0, isOver: true };
    };
    /** Reads the current state with these rights; `undefined` if the secret no longer has them. */
    const acting = <T>(deferred: DeferredResults, patience: number | undefined, work: (context: QueryContext) => T) =>
      this.#store.transact((transaction) => {
        const timeout = patience === undefined ? WATCHING_TIMEOUT : REPORT_TIMEOUT;
        deferred.adopt(results);
        const shared = this.#sharedContext(transaction, timeout, deferred, apiVersion, patience);
        const now = this.#auth(shared, secret);
        const kept = now && standing.within(shared.model, now);
        const result = kept && work(rootContext(shared, kept, STREAM_READS));
        deferred.complete();
        transaction.rollback();
        return result;
      }).value;
    let isSlow = false;
    const apart = async (transactions: readonly Published[], closed: AbortSignal): Promise<StreamReport> => {
      const request = {
        kind: 'report',
        secret,
        stream: found,
        roles: standing.roles,
        timeout: REPORT_TIMEOUT,
      } as const;
      const reported = await this.#reportApart(request, transactions, closed);
      if (!reported) return unauthorized(transactions);
      isSlow = reported.elapsed > SMALL_REPORT;
      const { roles, ...report } = reported;
      // Its secret may have lost its rights meanwhile.
      const confirmed = await untilSettled((deferred) => {
        deferred.note(ROLES_OF_SECRET, roles);
        return acting(deferred, undefined, () => report);
      });
      return confirmed ?? unauthorized(transactions);
    };
    return {
      since,
      ...view,
      report: (transactions, closed) =>
        this.#here<StreamReport>(
          secret,
          (deferred, patience) =>
            acting(deferred, patience, (context) => reportOf(context, view, transactions)) ??
            unauthorized(transactions),
          () => apart(transactions, closed),
          isSlow,
          this.#patience.of(secret ?? '', REPORT_PATIENCE) ?? SMALL_REPORT,
        ),
    };
  }

  /** Has another process find what a stream reports; `undefined` if its secret opens nothing. */
  async #reportApart(
    request: Omit<ReportRequest, 'transactions'>,
    transactions: readonly Published[],
    closed: AbortSignal,
  ): Promise<(ReportApart & { readonly elapsed: number }) | undefined> {
    const client = await this.#clientOf(request.secret);
    if (!client) return undefined;
    const changes = transactions.map(({ log, time }) => ({ time, changes: encodeChanges(log) }));
    const job = {
      kind: 'execute',
      request: { ...request, transactions: changes },
      begun: this.#newTime(),
      isWatched: false,
    } as const;
    await this.#store.share();
    const { answer, elapsed } = await this.#workers!.runAtLeisure(job, client, closed);
    if (answer.outcome === 'unauthorized') return undefined;
    if (!hasSucceeded(answer.outcome)) throw timedOut();
    return { ...decodeReport(answer.bytes?.toString() ?? answer.body), elapsed };
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
    { secret, pretty = false }: { readonly secret: string | undefined; readonly pretty?: boolean },
    evaluate: (auth: Auth) => Evaluated,
  ): Omit<Answer, 'durable'> {
    const { snapshotTime, budget } = shared;
    const { transaction, usage } = shared.model.keys;
    const auth = this.#auth(shared, secret);
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

let loadedFql10: typeof Fql10 | undefined;

/** Loads FQL v10 when the first request in it arrives. */
function loadFql10(deferred: DeferredResults): typeof Fql10 {
  loadedFql10 ??= deferred.require('answers in FQL v10', () => import('./protocol10.js'));
  return loadedFql10;
}

const readChanges = (bytes: Buffer): ChangeLog => decodeChanges(bytes, (scope) => ({ scope, lambda: readLambda }));

const UNTAGGED = { tags: undefined } as const;

/** The database that a secret opens. */
function openingOf(model: Databases, scope: number): Opening {
  return { globalId: model.schema(scope).database?.globalId ?? globalIdOf(0n) };
}

/** The database right below the root that contains a database, or is it. */
function treeOf(view: Databases, scope: number): number {
  for (let inner = scope; ; ) {
    const parent = view.schema(inner).database?.parent;
    if (parent === undefined || parent === ROOT_SCOPE) return inner;
    inner = parent;
  }
}
