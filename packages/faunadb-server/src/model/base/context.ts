import type { Budget } from '../../values/budget.js';
import type { Position } from '../../values/position.js';
import type { Effect, Lambda, ObjectValue, Ref, Value } from '../../values/values.js';
import type { Databases } from './databases.js';
import type { Permissions } from './permissions.js';

/** What the model needs of the query it works for: who asks, of which time, and how to run a predicate or a function's body. */
export interface ModelContext extends Standpoint {
  /** The databases as this query sees them. */
  readonly model: Databases;
  /** The transaction's time in µs: unique and increasing over the whole server. */
  readonly snapshotTime: bigint;
  readonly budget: Budget;
  readonly deferred: DeferredWork;
  /** Runs a lambda's body for an argument, whichever language it is written in. */
  apply(lambda: Lambda, argument: Value, position: Position | undefined): Value;
  /** The same query seen from elsewhere. */
  with(changes: Partial<Standpoint>): ModelContext;
}

/** From where a query looks at the databases: parts of it may have a standpoint of their own. */
export interface Standpoint {
  /** Who asks, in which database, with which permissions. */
  readonly auth: Auth;
  /** Which state is seen, in µs; `undefined` means the current one. */
  readonly validTime: bigint | undefined;
  /** The most that may happen here, and how the place is called in the error. */
  readonly effectLimit: { readonly effect: Effect; readonly reason: string };
  /** How many lambdas and functions are being applied within each other. */
  readonly depth: number;
}

/** Who a query acts as: what its secret came to, in `model/auth/authenticate.ts`. */
export interface Auth {
  /** Internal id of the database that the query runs in. */
  readonly scope: number;
  /** What it may read and write. */
  readonly permissions: Permissions;
  readonly source: LoginSource;
  /** The document that it acts as, if it acts as one. */
  readonly identity: Ref | undefined;
}

/** What opened the database. A key's `role` is as in its document; the payload of a JWT is data. */
export type LoginSource =
  | { readonly kind: 'root' }
  | { readonly kind: 'key'; readonly ref: Ref; readonly role: Value }
  | { readonly kind: 'token'; readonly ref: Ref }
  | { readonly kind: 'jwt'; readonly payload: ObjectValue };

/** Results of work that takes long, and so is done outside of the transaction: the query then runs again. */
export interface DeferredWork {
  /**
   * The result of `work`, on which it depends how the query goes on. Where it has not been done, the query is undone.
   *
   * @param key names the work, and must be the same when the query runs again.
   */
  require<T>(key: string, work: () => Promise<T>): T;
  /** Remembers a result that is known without any work. */
  note(key: string, result: unknown): void;
  /** The result of `work` if it has been done; else `meanwhile`, with which the query goes on and then runs again. */
  promise<T>(key: string, work: () => Promise<T>, meanwhile: T): T;
  /** The same, but each use of a key within one run has a result of its own. */
  promiseEach<T>(key: string, work: () => Promise<T>, meanwhile: T): T;
  /** How much work has been done and is promised, all in all. */
  readonly size: number;
}
