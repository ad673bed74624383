import type { Index } from '../base/index-definition.js';
import type { CollectionSchema, DatabaseSchema, FunctionSchema } from '../base/schema-objects.js';

/** What has been read of one database's schema. `null` where something was looked for and is not there. */
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
  /** What others derive from the schema and want to forget when it changes: compiled roles, for example. */
  readonly derived = new Map<string, unknown>();

  constructor(readonly version: bigint) {}
}
