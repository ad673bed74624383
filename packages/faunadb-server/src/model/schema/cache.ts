import type { Index } from '../base/index-definition.js';
import type { CollectionSchema, DatabaseSchema, FunctionSchema } from '../base/schema-objects.js';

/** The cached parts of a database's schema. `null` means that something was looked up and does not exist. */
export class SchemaCache {
  /** `collection/name` → id. */
  readonly ids = new Map<string, bigint | null>();
  /** `collection/id` → name. */
  readonly names = new Map<string, string | null>();
  readonly collections = new Map<number, CollectionSchema | null>();
  readonly functions = new Map<bigint, FunctionSchema | null>();
  readonly indexes = new Map<bigint, Index | null>();
  /** By source collection. */
  readonly indexesOf = new Map<number, readonly Index[]>();
  allIndexes: readonly Index[] | undefined;
  database: DatabaseSchema | null | undefined;
  /** What is cached of the written schema, if this is another. */
  written: SchemaCache | undefined;
  /** `collection/name` → id, while a schema of an earlier time is in effect. */
  pinnedIds: ReadonlyMap<string, bigint> | undefined;
  /** Caches derived from the schema, such as compiled roles, which are dropped when it changes. */
  readonly derived = new Map<string, unknown>();

  constructor(readonly version: bigint) {}
}
