import type { ObjectValue } from '../../values/values.js';
import type { Index } from '../base/index-definition.js';
import type { CollectionSchema, DatabaseSchema, FunctionSchema } from '../base/schema-objects.js';

/** The cached indexes of a database. They outlive a change of other schema documents. */
export class IndexCache {
  readonly byId = new Map<bigint, Index | null>();
  /** By source collection. */
  readonly of = new Map<number, readonly Index[]>();
  all: readonly Index[] | undefined;

  copy(): IndexCache {
    const copy = new IndexCache();
    for (const [id, index] of this.byId) copy.byId.set(id, index);
    for (const [collection, indexes] of this.of) copy.of.set(collection, indexes);
    copy.all = this.all;
    return copy;
  }
}

/** The cached parts of a database's schema. `null` means that something was looked up and does not exist. */
export class SchemaCache {
  /** `collection/name` → id. */
  readonly ids = new Map<string, bigint | null>();
  /** `collection/id` → name. */
  readonly names = new Map<string, string | null>();
  /** `collection/id` → the document, of those that a query has changed: as it was before. */
  readonly changed = new Map<string, ObjectValue | null>();
  readonly collections = new Map<number, CollectionSchema | null>();
  readonly functions = new Map<bigint, FunctionSchema | null>();
  database: DatabaseSchema | null | undefined;
  /** What is cached of the written schema, if this is another. */
  written: SchemaCache | undefined;
  /** `collection/name` → id, while a schema of an earlier time is in effect. */
  pinnedIds: ReadonlyMap<string, bigint> | undefined;
  /** Caches derived from the schema, such as compiled roles, which are dropped when it changes. */
  readonly derived = new Map<string, unknown>();

  constructor(
    readonly version: bigint,
    readonly indexes = new IndexCache(),
  ) {}
}
