import type { Budget } from '../../values/budget.js';
import type { Position } from '../../values/position.js';
import type { Effect, Lambda, ObjectValue, Ref, Value } from '../../values/values.js';
import type { Databases } from './databases.js';
import type { Permissions } from './permissions.js';

/** What the model needs of the current query: its rights, its time, and how to run a predicate or a function's body. */
export interface ModelContext extends Standpoint {
  /** The databases as this query sees them. */
  readonly model: Databases;
  /** The transaction's time in µs: unique and increasing across the server. */
  readonly snapshotTime: bigint;
  readonly budget: Budget;
  readonly deferred: DeferredWork;
  /** Runs a lambda's body for an argument, in any language. */
  apply(lambda: Lambda, argument: Value, position: Position | undefined): Value;
  /**
   * What the field types of its collection forbid in a user's document: a message for each failure.
   *
   * @throws {Failure} if a field's default cannot be evaluated
   */
  typeFailures(ref: Ref, data: ObjectValue, position: Position | undefined): readonly string[];
  /**
   * Evaluates the check constraints of a stored document's collection.
   *
   * @throws {Failure} if the document violates one
   */
  requireConstraints(ref: Ref, position: Position | undefined): void;
  /** The same query from another standpoint. */
  with(changes: Partial<Standpoint>): ModelContext;
}

/** What limits the effects of role predicates, membership predicates and those of access providers. */
export const PREDICATES = 'auth predicates';

/** How a query sees the databases. Parts of a query may have a standpoint of their own. */
export interface Standpoint {
  /** The rights: which database, identity and permissions. */
  readonly auth: Auth;
  /** The time of the state to read, in µs; `undefined` means the current state. */
  readonly validTime: bigint | undefined;
  /** The most that may happen here, and the name of this place for the error. */
  readonly effectLimit: { readonly effect: Effect; readonly reason: string };
  /** How deep calls of lambdas and functions are nested. */
  readonly depth: number;
}

/** The rights that a query's secret gave it in `model/auth/authenticate.ts`. */
export interface Auth {
  /** Internal id of the database that the query runs in. */
  readonly scope: number;
  /** What it may read and write. */
  readonly permissions: Permissions;
  readonly source: LoginSource;
  /** The document that it acts as, if any. */
  readonly identity: Ref | undefined;
}

/** What opened the database. A key's `role` is as in its document; a JWT's payload is data. */
export type LoginSource =
  | { readonly kind: 'root' }
  | { readonly kind: 'key'; readonly ref: Ref; readonly role: Value }
  | { readonly kind: 'token'; readonly ref: Ref }
  | { readonly kind: 'jwt'; readonly payload: ObjectValue };

/** Results of slow work, which is done outside of the transaction: the query then runs again. */
export interface DeferredWork {
  /**
   * Returns the result of `work`, which the query needs to continue. If the work has not been done, the query is
   * undone.
   *
   * @param key identifies the work; must be the same when the query runs again.
   */
  require<T>(key: string, work: () => Promise<T>): T;
  /** The result of work that has been done; otherwise `undefined`. */
  known<T>(key: string): T | undefined;
  /** Stores a result that is known without any work. */
  note(key: string, result: unknown): void;
  /**
   * Returns the result of `work` if it has been done; otherwise `meanwhile`, with which the query continues and later
   * runs again.
   */
  promise<T>(key: string, work: () => Promise<T>, meanwhile: T): T;
  /** Like `promise`, but each use of a key within a run has its own result. */
  promiseEach<T>(key: string, work: () => Promise<T>, meanwhile: T): T;
  /** How much work has been done or promised in all. */
  readonly size: number;
}
