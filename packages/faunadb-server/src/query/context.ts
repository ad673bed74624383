import type { Transaction } from '@supertokens-faunadb/store';
import type { Budget } from '../engine/budget.js';
import type { Findings } from '../engine/suspension.js';
import type { Effect } from '../fql4/evaluate/form.js';
import type { Permissions } from '../model/base/permissions.js';
import type { ModelView } from '../model/view.js';
import type { Position } from '../values/position.js';
import type { Lambda, ObjectValue, Ref, Value } from '../values/values.js';

/**
 * What an expression is evaluated in. One query has one transaction; contexts derived from its first one (`at`, calls of
 * user-defined functions, role predicates) change single properties and share the rest.
 */
export interface EvalContext {
  readonly transaction: Transaction;
  /** The databases as this query sees them: the schema, documents and indexes over `transaction`. */
  readonly model: ModelView;
  /** Who asks, in which database, with which permissions. */
  readonly auth: Auth;
  /** The transaction's time in µs: unique and increasing over the whole server. */
  readonly snapshotTime: bigint;
  /** What `at` set, in µs; `undefined` means the current state. */
  readonly validTime: bigint | undefined;
  /** The most that may happen here, and how the place is called in the error. */
  readonly effectLimit: { readonly effect: Effect; readonly reason: string };
  /** How many lambdas and functions are being applied within each other. */
  readonly depth: number;
  readonly budget: Budget;
  /** Results of work that is done outside of the transaction. */
  readonly findings: Findings;
  apply(lambda: Lambda, argument: Value, position: Position | undefined): Value;
  /** The wire form of a value; `default` as versions of the language before 2.7 wrote it, which called collections classes. */
  render(value: Value, apiVersion?: 'default'): string;
  /** The same context but for some properties. */
  with(changes: Partial<ContextProperties>): EvalContext;
}

/** What a derived context may change. */
export type ContextProperties = Pick<EvalContext, 'auth' | 'validTime' | 'effectLimit' | 'depth'>;

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
