/** Internal ids of the collections that every database has. They are FaunaDB's own, since the order of refs shows them. */
export const NATIVE = {
  databases: 0,
  collections: 1,
  keys: 2,
  tokens: 3,
  indexes: 7,
  credentials: 10,
  functions: 11,
  roles: 12,
  access_providers: 13,
} as const;

/** Native collections whose documents make up a database's schema, and are known by name instead of a number. */
export const SCHEMA_COLLECTIONS: ReadonlySet<number> = new Set([
  NATIVE.databases,
  NATIVE.collections,
  NATIVE.indexes,
  NATIVE.functions,
  NATIVE.roles,
  NATIVE.access_providers,
]);

/** The internal id of a native collection. */
export type NativeId = (typeof NATIVE)[keyof typeof NATIVE];

/** The lowest id of a collection that a user made; they are numbered in the order of their making. */
export const FIRST_COLLECTION = 1024;
/** The highest, since an id has 15 bits in a ref. */
export const LAST_COLLECTION = 32767;
/** The lowest id of an index that a user made. */
export const FIRST_INDEX = 32768n;

/** The database that all others lie in. */
export const ROOT_SCOPE = 0;

const names = new Map<number, string>(Object.entries(NATIVE).map(([name, id]) => [id, name]));

/** The name of a native collection, as refs show it; `undefined` for all others. */
export function nativeName(id: number | bigint): string | undefined {
  return names.get(Number(id));
}

/** The id of a native collection by the name that refs show; `classes` is what collections once were called. */
export function nativeId(name: string): NativeId | undefined {
  if (name === 'classes') return NATIVE.collections;
  return Object.hasOwn(NATIVE, name) ? NATIVE[name as keyof typeof NATIVE] : undefined;
}

/** Where aliases of collections and functions are found, as if these were names of documents of another collection. */
export const aliasesOf = (collection: number): number => 1000 + collection;

/** Whether a collection is one that a user made. */
export function isUserCollection(id: number): boolean {
  return id >= FIRST_COLLECTION;
}
