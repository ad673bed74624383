import type { ObjectValue, Ref, Value, Version } from '../../values/values.js';
import type { ModelContext } from './context.js';

/**
 * What a query's secret may do. Reads and writes of documents ask here, in `documents/access.ts`, sets in
 * `sets/readable.ts`, and nowhere else. Names follow fauna/faunadb's `auth/Auth.scala`.
 */
export interface Permissions {
  /** Whether what it logs may be told, and where in functions its errors are. */
  readonly mayLog: boolean;
  /** Whether any of a collection's documents may be read, whatever is asked of each. `ref` is one of them. */
  mayReadCollection(context: ModelContext, ref: Ref): boolean;
  mayRead(context: ModelContext, ref: Ref): boolean;
  mayReadHistory(context: ModelContext, ref: Ref): boolean;
  /** Whether the entries of an index under these terms may be read at all; their documents are asked for one by one. */
  mayReadIndex(context: ModelContext, index: Ref, terms: readonly Value[]): boolean;
  /** Whether all of an index (or a collection) may be read without asking for each document. */
  mayReadUnrestricted(context: ModelContext, resource: Ref, terms: readonly Value[]): boolean;
  /** `withId`: whether the query chose the id. `data` is what the query wants to write. */
  mayCreate(context: ModelContext, ref: Ref, data: ObjectValue, withId: boolean): boolean;
  /** `diff`: the fields that the query gave to `update` or `replace`. */
  mayWrite(context: ModelContext, previous: Version, diff: ObjectValue): boolean;
  /** `ts` in µs. */
  mayWriteHistory(
    context: ModelContext,
    ref: Ref,
    ts: bigint,
    action: 'create' | 'update' | 'delete',
    diff: ObjectValue,
  ): boolean;
  mayDelete(context: ModelContext, ref: Ref): boolean;
  /** Whether a user-defined function may be called with these arguments. */
  mayCall(context: ModelContext, fn: Ref, args: Value): boolean;
}
