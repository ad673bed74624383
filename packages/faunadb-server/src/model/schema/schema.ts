import { nameKey } from '../../storage/keys.js';
import { aliasesOf, isUserCollection, NATIVE, nativeName, ROOT_SCOPE, SCHEMA_SOURCES } from '../../values/ids.js';
import { Lambda, ObjectValue, Ref, type Value } from '../../values/values.js';
import type { Schema, Versions } from '../base/databases.js';
import { Index } from '../base/index-definition.js';
import type { Keyspace } from '../base/keyspace.js';
import type { CollectionSchema, DatabaseSchema, FunctionSchema } from '../base/schema-objects.js';
import { readMigrations } from '../migrations/migrations.js';
import { databaseOfScope } from '../refs/database-lookups.js';

import { SchemaCache } from './cache.js';

/** The collections of what can be staged. */
const STAGED = [NATIVE.collections, NATIVE.functions, NATIVE.roles, NATIVE.access_providers];
const HAS_NAMES_STAGED: ReadonlySet<number> = new Set([...STAGED, ...STAGED.map(aliasesOf)]);
const IS_STAGED: ReadonlySet<number> = new Set([...STAGED, SCHEMA_SOURCES]);

/** The schema of one database. Each part is read once and cached. */
export class CachedSchema implements Schema {
  readonly #keys: Keyspace;
  readonly #versions: Versions;
  readonly #databaseOf: (scope: number) => DatabaseSchema | undefined;
  #written: CachedSchema | undefined;

  /**
   * @param databaseOf finds the ancestors of this database
   * @param pinnedAt the time of the schema, in µs, if it is an earlier one
   */
  constructor(
    readonly scope: number,
    readonly cache: SchemaCache,
    keys: Keyspace,
    versions: Versions,
    databaseOf: (scope: number) => DatabaseSchema | undefined,
    readonly pinnedAt: bigint | undefined,
  ) {
    this.#keys = keys;
    this.#versions = versions;
    this.#databaseOf = databaseOf;
  }

  get version(): bigint {
    return this.cache.version;
  }

  get written(): CachedSchema {
    if (this.pinnedAt === undefined) return this;
    this.cache.written ??= new SchemaCache(this.version);
    const { scope, cache } = this;
    this.#written ??= new CachedSchema(
      scope,
      cache.written as SchemaCache,
      this.#keys,
      this.#versions,
      this.#databaseOf,
      undefined,
    );
    return this.#written;
  }

  get derived(): Map<string, unknown> {
    return this.cache.derived;
  }

  /** The id of a named document: a collection, index, function, role, access provider or database. */
  idOf(collection: number, name: string): bigint | undefined {
    if (this.pinnedAt !== undefined && HAS_NAMES_STAGED.has(collection)) {
      this.cache.pinnedIds ??= this.#pinnedIds();
      return this.cache.pinnedIds.get(`${collection}/${name}`);
    }
    const { ids } = this.cache;
    const key = `${collection}/${name}`;
    let id = ids.get(key);
    if (id === undefined) {
      const stored = this.#keys.transaction.get(nameKey(this.scope, collection, name));
      id = stored ? Buffer.from(stored).readBigInt64BE() : null;
      ids.set(key, id);
    }
    return id ?? undefined;
  }

  /** The name of such a document. A deleted document keeps its last name. */
  nameOf(collection: number, id: bigint): string | undefined {
    if (collection === NATIVE.collections && !isUserCollection(Number(id))) return nativeName(id);
    const { names } = this.cache;
    const key = `${collection}/${id}`;
    let name = names.get(key);
    if (name === undefined) {
      const stored = this.#lastData(collection, id)?.fields.get('name');
      name = typeof stored === 'string' ? stored : null;
      names.set(key, name);
    }
    return name ?? undefined;
  }

  /** The names that schema documents had when this schema was written. */
  #pinnedIds(): ReadonlyMap<string, bigint> {
    const ids = new Map<string, bigint>();
    for (const collection of STAGED) {
      for (const [ref] of this.#versions.scan(this.scope, collection)) {
        const fields = this.#document(collection, ref.id)?.fields;
        const [name, alias] = [fields?.get('name'), fields?.get('alias')];
        if (typeof name === 'string') ids.set(`${collection}/${name}`, ref.id);
        if (typeof alias === 'string') ids.set(`${aliasesOf(collection)}/${alias}`, ref.id);
      }
    }
    return ids;
  }

  definition(collection: number, id: bigint): ObjectValue | undefined {
    const before = this.cache.changed.get(`${collection}/${id}`);
    return before === undefined ? this.#document(collection, id) : (before ?? undefined);
  }

  /** Must be called before a query changes a document, for this to remain the schema before the query. */
  keep(collection: number, id: bigint, names: readonly string[]): void {
    for (const name of names) this.idOf(collection, name);
    this.nameOf(collection, id);
    if (collection === NATIVE.functions) this.function(id);
    remembered(this.cache.changed, `${collection}/${id}`, () => this.#document(collection, id));
  }

  /** A user's collection. */
  collection(id: number): CollectionSchema | undefined {
    return remembered(this.cache.collections, id, () => {
      const data = this.#document(NATIVE.collections, BigInt(id));
      if (!data) return undefined;
      const integer = (name: string) => {
        const value = data.fields.get(name);
        return typeof value === 'bigint' ? value : undefined;
      };
      return {
        id,
        name: data.fields.get('name') as string,
        historyDays: integer('history_days'),
        ttlDays: integer('ttl_days'),
        minValidTime: integer('min_valid_time') ?? 0n,
        migrations: readMigrations(data.fields.get('internal_migrations')),
        ownIndexes: ownIndexes(data.fields.get('backingIndexes')),
        rules: { types: data.fields.has('fields') || data.fields.has('wildcard'), checks: hasChecks(data) },
      };
    });
  }

  hasCollection(id: number): boolean {
    return !isUserCollection(id) || this.collection(id) !== undefined;
  }

  function(id: bigint): FunctionSchema | undefined {
    return remembered(this.cache.functions, id, () => {
      const data = this.#document(NATIVE.functions, id);
      const body = data?.fields.get('body');
      if (!data) return undefined;
      const name = data.fields.get('name') as string;
      const role = data.fields.get('role') ?? null;
      if (typeof body === 'string') return { id, name, body: this.#source(body, `*udf:${name}*`), role };
      return body instanceof Lambda ? { id, name, body, role } : undefined;
    });
  }

  index(id: bigint): Index | undefined {
    return remembered(this.cache.indexes.byId, id, () => {
      const data = this.#document(NATIVE.indexes, id);
      return data && Index.read(this.scope, id, data);
    });
  }

  /** The indexes that cover documents of a collection. */
  indexesOf(collection: number): readonly Index[] {
    let indexes = this.cache.indexes.of.get(collection);
    if (!indexes) {
      this.cache.indexes.all ??= [...this.#versions.ids(this.scope, NATIVE.indexes)]
        .map((id) => this.index(id))
        .filter((index) => index !== undefined);
      indexes = this.cache.indexes.all.filter((index) => index.bindingsFor(collection) !== undefined);
      this.cache.indexes.of.set(collection, indexes);
    }
    return indexes;
  }

  /** The database itself; `undefined` for the root and for a deleted database. */
  get database(): DatabaseSchema | undefined {
    if (this.cache.database === undefined)
      this.cache.database = databaseOfScope(this.#keys, this.#versions, this.scope) ?? null;
    return this.cache.database ?? undefined;
  }

  /** Whether the database exists: it is the root, or it and all its ancestors have documents. */
  get exists(): boolean {
    for (let scope = this.scope; scope !== ROOT_SCOPE; ) {
      const database = this.#databaseOf(scope);
      if (!database) return false;
      scope = database.parent;
    }
    return true;
  }

  /** Whether schema changes that lose data are refused. */
  get isProtected(): boolean {
    return this.#inherited(({ protected: given }) => given) ?? false;
  }

  /** Whether queries in FQL v10 are type-checked. */
  get isTypechecked(): boolean {
    return this.#inherited(({ typechecked }) => typechecked) ?? true;
  }

  /** The setting of the database, or of its nearest ancestor that has one. */
  #inherited<T>(of: (database: DatabaseSchema) => T | undefined): T | undefined {
    for (let scope = this.scope; scope !== ROOT_SCOPE; ) {
      const database = this.#databaseOf(scope);
      if (!database) return undefined;
      const found = of(database);
      if (found !== undefined) return found;
      scope = database.parent;
    }
    return undefined;
  }

  /** Whether the database is `scope`, or a descendant of it. */
  isWithin(scope: number): boolean {
    for (let inner = this.scope; inner !== scope; ) {
      const database = this.#databaseOf(inner);
      if (!database) return false;
      inner = database.parent;
    }
    return true;
  }

  /** A function written as text, in FQL v10. */
  #source(body: string, name: string): Lambda {
    const literal = new Map(Object.entries({ api_version: '10', body, name }));
    return this.#versions.decoding(this.scope).lambda(new ObjectValue(literal), this.scope);
  }

  #lastData(collection: number, id: bigint): ObjectValue | undefined {
    const pinned = this.pinnedAt === undefined ? undefined : this.#document(collection, id);
    if (pinned) return pinned;
    const ref = new Ref(this.scope, collection, id);
    const latest = this.#versions.latest(ref);
    if (latest && !latest.deleted) return latest.data;
    return this.#versions.stored(ref).findLast((version) => !version.deleted)?.data;
  }

  #document(collection: number, id: bigint): ObjectValue | undefined {
    const { pinnedAt } = this;
    const ref = new Ref(this.scope, collection, id);
    const version =
      pinnedAt === undefined || !IS_STAGED.has(collection)
        ? this.#versions.latest(ref)
        : this.#versions.stored(ref).findLast(({ ts }) => ts <= pinnedAt);
    return version && !version.deleted ? version.data : undefined;
  }
}

function ownIndexes(backings: Value | undefined): ReadonlySet<bigint> {
  if (!Array.isArray(backings)) return new Set();
  return new Set(
    (backings as readonly Value[]).flatMap((backing) => {
      const index = backing instanceof ObjectValue ? backing.fields.get('indexID') : undefined;
      return index instanceof Ref ? [index.id] : [];
    }),
  );
}

function hasChecks({ fields }: ObjectValue): boolean {
  const constraints = fields.get('constraints');
  if (!Array.isArray(constraints)) return false;
  return (constraints as readonly unknown[]).some((each) => each instanceof ObjectValue && each.fields.has('check'));
}

function remembered<K, V>(cache: Map<K, V | null>, key: K, read: () => V | undefined): V | undefined {
  let value = cache.get(key);
  if (value === undefined) {
    value = read() ?? null;
    cache.set(key, value);
  }
  return value ?? undefined;
}
