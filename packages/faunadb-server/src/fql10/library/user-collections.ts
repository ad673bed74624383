// User-defined collections as modules.
import type { Index } from '../../model/base/index-definition.js';
import { aliasesOf, isUserCollection, NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import { fieldPath } from '../documents/index-paths.js';
import { type CollectionIndex, UserCollection } from '../documents/user-collection.js';
import { createDocument } from '../documents/write.js';
import type { Collection } from '../evaluate/collection.js';
import type { Context, Session } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { type Table, types } from '../evaluate/members.js';
import { NotStorable, toStored } from '../evaluate/stored.js';
import { Doc, type Value } from '../evaluate/values.js';
import { IndexSet, indexRange } from '../sets/index-set.js';
import { addCollectionMembers, addIdMembers, CollectionModule } from './collections.js';
import { nativeModules } from './natives.js';

const ALIASES = aliasesOf(NATIVE.collections);

class UserModule extends CollectionModule {
  constructor(
    readonly of: UserCollection,
    name = of.name,
  ) {
    super(name, of);
    const { table } = this;
    addCollectionMembers(table, this);
    addIdMembers(table, this);
    table
      .field('definition', ({ host }) => new Doc(new Ref(host.auth.scope, NATIVE.collections, BigInt(of.id))))
      .method('createData', [['data', types.struct]], (context, _, fields) =>
        createDocument(context, of, 'data', fields),
      );
    for (const index of of.indexes) addIndex(table, this, index);
  }
}

function addIndex(table: Table<Value>, module: UserModule, index: CollectionIndex): void {
  const terms = index.terms.map((_, i) => [`term${i + 1}`, types.any] as const);
  const coveredFields = [...index.terms, ...index.values].flatMap(({ field }) => {
    const path = fieldPath(field);
    return path === undefined ? [] : [path];
  });
  const find = (context: Context, args: readonly Value[], range: Value | undefined): IndexSet => {
    const { host } = context;
    const { of } = module;
    const { permissions } = host.auth;
    if (!permissions.mayReadCollection(host, new Ref(host.auth.scope, of.id, 0n))) {
      throw errors.permissionDenied(context.trace, `Insufficient privileges to read from collection ${of.name}.`);
    }
    const found = index.indexId === undefined ? undefined : host.model.schema(of.scope).index(index.indexId);
    if (!found || !isQueryable(index, found)) throw errors.indexNotQueryable(of.name, index.name, context.trace);
    const values = args.slice(0, terms.length).map((value, i) => {
      try {
        return toStored(context, value);
      } catch (error) {
        if (!(error instanceof NotStorable)) throw error;
        throw errors.invalidArgument(`term${i + 1}`, 'Argument cannot be used as lookup term', context.trace);
      }
    });
    const covered = index.values.map(({ field }) => ({ isId: /^\.?id$/.test(field), isTime: /^\.?ts$/.test(field) }));
    const bounds = range === undefined ? {} : indexRange(context, module, found, covered, range);
    const covering = { index: `${of.name}.${index.name}`, fields: coveredFields, span: context.span };
    return new IndexSet(
      module,
      index.name,
      args,
      { kind: 'index', index: found, terms: values, covering },
      bounds,
      host.validTime,
    );
  };
  table
    .method(index.name, terms, (context, _, ...args) => find(context, args as Value[], undefined))
    .method(index.name, [...terms, ['range', types.any] as const], (context, _, ...args) =>
      find(context, args as Value[], (args as Value[]).at(-1)),
    );
}

const isQueryable = (index: CollectionIndex, { active }: Index): boolean => index.queryable && active;

// The collections as seen by a query that has changed the schema itself.
const changed = new WeakMap<Session, Map<number, UserCollection | null>>();

function cacheOf({ host, session }: Context): Map<number, UserCollection | null> {
  const { model, auth } = host;
  const committed = model.committedSchema(auth.scope);
  if (model.schema(auth.scope) === committed) {
    let known = committed.derived.get(DERIVED) as Map<number, UserCollection | null> | undefined;
    if (!known) {
      known = new Map();
      committed.derived.set(DERIVED, known);
    }
    return known;
  }
  let known = changed.get(session);
  if (!known) {
    known = new Map(committed.derived.get(DERIVED) as Map<number, UserCollection | null> | undefined);
    changed.set(session, known);
  }
  return known;
}
const DERIVED = 'collections of FQL v10';

function userCollection(context: Context, id: number): UserCollection | undefined {
  const cache = cacheOf(context);
  let found = cache.get(id);
  if (found === undefined) {
    const { model, auth } = context.host;
    const schema = model.committedSchema(auth.scope);
    // As before this query, unless the query has made it.
    const definition =
      schema.definition(NATIVE.collections, BigInt(id)) ??
      model.schema(auth.scope).definition(NATIVE.collections, BigInt(id));
    const idOf = (name: string) => {
      const named = schema.idOf(NATIVE.collections, name) ?? schema.idOf(ALIASES, name);
      return named === undefined ? undefined : Number(named);
    };
    found = definition
      ? new UserCollection(auth.scope, id, definition, (collection) => new UserModule(collection), idOf)
      : null;
    cache.set(id, found);
  }
  return found ?? undefined;
}

/** A collection by its internal id. */
export function collectionOfId(context: Context, id: number): Collection | undefined {
  if (isUserCollection(id)) return userCollection(context, id);
  return nativeModules.find((module) => module.id === id)?.collection;
}

/** A user-defined collection by its name or alias, as they were before this query. */
export function collectionNamed(context: Context, name: string): CollectionModule | undefined {
  const { model, auth } = context.host;
  const schema = model.committedSchema(auth.scope);
  const id = schema.idOf(NATIVE.collections, name) ?? schema.idOf(ALIASES, name);
  const found = id === undefined ? undefined : userCollection(context, Number(id));
  if (!found) return undefined;
  return found.name === name ? (found.module as CollectionModule) : new UserModule(found, name);
}
