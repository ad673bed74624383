import type { ObjectValue, Ref, Value, Version } from '../../values/values.js';
import type { ModelContext } from './context.js';

/**
 * What a query's secret may do. Reads and writes of documents check it in `documents/access.ts`, sets in
 * `sets/readable.ts`,
 * and nothing else does. The names follow fauna/faunadb's `auth/Auth.scala`.
 */
export interface Permissions {
  /** Whether log output and the positions of errors inside functions are visible. */
  readonly mayLog: boolean;
  /** Whether the schema's files may be read, or also written. */
  readonly schemaFiles: 'none' | 'read' | 'write';
  /** Whether a collection may be read at all; its documents are checked one by one. `ref` is one of them. */
  mayReadCollection(context: ModelContext, ref: Ref): boolean;
  mayRead(context: ModelContext, ref: Ref): boolean;
  /** Whether a document could be read in the state at a time in µs, with today's roles. */
  mayReadAt(context: ModelContext, ref: Ref, time: bigint): boolean;
  mayReadHistory(context: ModelContext, ref: Ref): boolean;
  /** Whether index entries under these terms may be read at all; their documents are checked one by one. */
  mayReadIndex(context: ModelContext, index: Ref, terms: readonly Value[]): boolean;
  /** Whether all of an index (or a collection) may be read without checking each document. */
  mayReadUnrestricted(context: ModelContext, resource: Ref, terms: readonly Value[]): boolean;
  /** `withId`: whether the query chose the id. `data` is what the query would write. */
  mayCreate(context: ModelContext, ref: Ref, data: ObjectValue, withId: boolean): boolean;
  /** `diff`: the fields that the query set with `update` or `replace`. */
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
