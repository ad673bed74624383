/**
 * Internal ids of the collections that every database has. They equal FaunaDB's, since the order of refs shows them.
 */
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

/** Native collections of schema documents, which have names instead of numbers. */
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

/** The lowest id of a user's collection; these are numbered in the order of creation. */
export const FIRST_COLLECTION = 1024;
/** The highest such id: a ref has 15 bits for it. */
export const LAST_COLLECTION = 32767;
/** The lowest id of a user's index. */
export const FIRST_INDEX = 32768n;

/** Where the schema files of FQL v10 are stored, by the real server's id. No ref refers to them. */
export const SCHEMA_SOURCES = 14;

/** The root database. */
export const ROOT_SCOPE = 0;

const names = new Map<number, string>(Object.entries(NATIVE).map(([name, id]) => [id, name]));

/** The name of a native collection, as refs show it; `undefined` for all others. */
export function nativeName(id: number | bigint): string | undefined {
  return names.get(Number(id));
}

/** The id of a native collection by the name in refs; `classes` is the old name of collections. */
export function nativeId(name: string): NativeId | undefined {
  if (name === 'classes') return NATIVE.collections;
  return Object.hasOwn(NATIVE, name) ? NATIVE[name as keyof typeof NATIVE] : undefined;
}

/** Where aliases of collections and functions are stored, as if they were names in another collection. */
export const aliasesOf = (collection: number): number => 1000 + collection;

/** Whether a collection was created by a user. */
export function isUserCollection(id: number): boolean {
  return id >= FIRST_COLLECTION;
}
