// The checks and side effects of native collections.
import { StoredVersion } from '../../model/base/stored-version.js';
import { grantRefusal } from '../../model/kinds/functions.js';
import { aliasesOf, NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { ObjectValue, Ref, Time } from '../../values/values.js';
import { FieldsTaken, type Writing } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { type ConstraintFailure, errors } from '../evaluate/failures.js';
import { quoted } from '../evaluate/quoted.js';
import { failure, type Path } from '../evaluate/shape.js';
import { render } from '../parse/diagnostic.js';
import { isIdentifier, KEYWORDS } from '../parse/lexical.js';
import { parseExpression } from '../parse/parse.js';
import { type ObjectFields, withStatuses } from './backing-indexes.js';
import { namingRole, renameElsewhere } from './foreign-names.js';
import { fieldPath } from './index-paths.js';
import { credentialHooks, type NativeHooks } from './native-collection.js';
import { isName } from './native-shapes.js';
import { refusedWhenProtected } from './protected-mode.js';
import { settleCollectionLater } from './settled-collection.js';
import { evaluatedDefault } from './user-collection.js';

const BUILTIN_ROLES = new Set(['admin', 'server', 'server-readonly', 'client']);
const RESERVED_TYPES = new Set(['Any', 'Never', 'struct', 'interface', 'type', 'function', 'collection']);

type StaticNames = (name: string) => boolean;
let isStaticName: StaticNames = () => false;
/** Sets the names that the library defines. */
export function setStaticNames(names: StaticNames): void {
  isStaticName = names;
}

/** Finds a schema document by its name or alias. */
export function idOf(context: Context, collection: number, name: string, alias = true): bigint | undefined {
  const schema = context.host.model.schema(context.host.auth.scope).written;
  return schema.idOf(collection, name) ?? (alias ? schema.idOf(aliasesOf(collection), name) : undefined);
}

const NAMED = [
  [NATIVE.collections, 'Collection'],
  [NATIVE.functions, 'Function'],
] as const;

/** Names of collections and functions follow the rules of variable names, and each must be unique. */
function nameFailures(writing: Writing, field: string): readonly ConstraintFailure[] {
  if (field !== 'name' && field !== 'alias') return [];
  const { context, ref, before, data } = writing;
  const name = data.fields.get(field);
  if (typeof name !== 'string' || name === before?.fields.get(field)) return [];
  const path = [field];
  if (KEYWORDS.has(name) || name === 'FQL' || name === '_' || RESERVED_TYPES.has(name) || isStaticName(name)) {
    return [failure(path, `The identifier \`${name}\` is reserved.`)];
  }
  if (!isName(name)) return [failure(path, 'Invalid identifier.')];
  const schema = context.host.model.schema(ref.scope).written;
  for (const [collection, what] of NAMED) {
    if (schema.idOf(collection, name) !== undefined)
      return [failure(path, `A ${what} already exists with the name \`${name}\``)];
    if (schema.idOf(aliasesOf(collection), name) !== undefined) {
      return [failure(path, `A ${what} already exists with the alias \`${name}\``)];
    }
  }
  return [];
}

/** The names that a role may have. */
const roleExists = (context: Context, name: string) =>
  BUILTIN_ROLES.has(name) || idOf(context, NATIVE.roles, name) !== undefined;

/** Checks at the end of the query that a name in a document refers to something. */
function laterName(
  writing: Writing,
  label: string,
  path: Path,
  kinds: string,
  name: unknown,
  exists: (name: string) => boolean,
): void {
  const { context, ref } = writing;
  const key = `${label} ${ref.collection}/${ref.id} ${path.join('.')}`;
  if (typeof name !== 'string') {
    context.session.afterwards.delete(key);
    return;
  }
  context.session.afterwards.set(key, () => {
    if (exists(name)) return;
    const message = `Field refers to an unknown ${kinds} name \`${name}\`.`;
    throw errors.constraintViolation(writing.message(), [failure(path, message)], context.trace);
  });
}

/** A secret that expires at once could not be used. */
function expiryFailures({ context, before, data }: Writing): readonly ConstraintFailure[] {
  const ttl = data.fields.get('ttl');
  const isOver = !before && ttl instanceof Time && ttl.nanos <= context.host.snapshotTime * 1000n;
  return isOver ? [failure(['ttl'], 'The time to live must be in the future.')] : [];
}

const tokenHooks: NativeHooks = { check: expiryFailures };

const roleOfKey: NativeHooks = {
  prepare(writing) {
    const { context, data } = writing;
    laterName(writing, 'role', ['role'], 'role', data.fields.get('role'), (name) => roleExists(context, name));
    const database = data.fields.get('database');
    if (typeof database !== 'string') return data;
    const id = idOf(context, NATIVE.databases, database) as bigint;
    return withField(data, 'database', new Ref(context.host.auth.scope, NATIVE.databases, id));
  },
  check(writing) {
    const { context, data } = writing;
    const database = data.fields.get('database');
    if (typeof database !== 'string' || idOf(context, NATIVE.databases, database) !== undefined)
      return expiryFailures(writing);
    return [failure(['database'], `Field refers to an unknown database name \`${database}\`.`)];
  },
  decode({ host }, data) {
    let decoded = data;
    for (const [field, collection] of [
      ['database', NATIVE.databases],
      ['role', NATIVE.roles],
    ] as const) {
      const value = data.fields.get(field);
      if (!(value instanceof Ref)) continue;
      const name = host.model.schema(value.scope).written.nameOf(collection, value.id);
      if (name !== undefined) decoded = withField(decoded, field, name);
    }
    return decoded;
  },
};

/** Updates references after a rename. */
function renamed({ context, ref, before, data }: Writing): void {
  const [from, to] = [before?.fields.get('name'), data.fields.get('name')];
  if (typeof from === 'string' && typeof to === 'string' && from !== to) renameElsewhere(context, ref, from, to);
}

function grantFailures({ context, before, data }: Writing): readonly ConstraintFailure[] {
  const refusal = grantRefusal(context.host.auth, before, data);
  return refusal === undefined ? [] : [failure(['role'], refusal)];
}

const functionHooks: NativeHooks = {
  written: renamed,
  validate: nameFailures,
  check: grantFailures,
  prepare(writing) {
    const { context, data } = writing;
    laterName(writing, 'role', ['role'], 'role', data.fields.get('role'), (name) => roleExists(context, name));
    return data;
  },
  decode({ host }, data) {
    const role = data.fields.get('role');
    if (!(role instanceof Ref)) return data;
    const name = host.model.schema(role.scope).written.nameOf(NATIVE.roles, role.id);
    return name === undefined ? data : withField(data, 'role', name);
  },
};

/** A protected database must not reduce how long documents are kept. An added `ttl_days` is called removed. */
function protectedFailures({ context, ref, before, data }: Writing): readonly ConstraintFailure[] {
  if (!before || !context.host.model.schema(ref.scope).isProtected) return [];
  const failures: ConstraintFailure[] = [];
  const days = (field: string) =>
    [before.fields.get(field), data.fields.get(field)].map((value) => (typeof value === 'bigint' ? value : undefined));
  const [history, historyNow] = days('history_days');
  if (history !== undefined && historyNow === undefined)
    failures.push(refusedWhenProtected('Cannot remove `history_days` field'));
  else if (history !== undefined && (historyNow as bigint) < history)
    failures.push(refusedWhenProtected('Cannot decrease `history_days` field'));
  const [ttl, ttlNow] = days('ttl_days');
  if (ttl === undefined && ttlNow !== undefined) failures.push(refusedWhenProtected('Cannot remove `ttl_days` field'));
  else if (ttl !== undefined && ttlNow !== undefined && ttlNow < ttl)
    failures.push(refusedWhenProtected('Cannot decrease `ttl_days` field'));
  return failures;
}

const collectionHooks: NativeHooks = {
  validate: nameFailures,
  check: (writing) => [...protectedFailures(writing), ...collectionFailures(writing.data), ...defaultFailures(writing)],
  written(writing) {
    renamed(writing);
    settleCollectionLater(writing);
  },
  show: withStatuses,
  deletionFailures({ host }, ref) {
    if (!host.model.schema(ref.scope).isProtected) return [];
    return [refusedWhenProtected('Cannot delete collection')];
  },
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
const mapOf = (value: unknown): ObjectFields =>
  value instanceof ObjectValue ? (value.fields as ObjectFields) : new Map();

/** The default of each field must have a value. */
function defaultFailures({ context, data }: Writing): readonly ConstraintFailure[] {
  return [...mapOf(data.fields.get('fields'))].flatMap(([name, given]) => {
    const text = mapOf(given).get('default');
    if (typeof text !== 'string') return [];
    const read = parseExpression(text, { name: `*field:${name}*`, text });
    if (!read.ok) {
      const messages = read.errors.map((each) => render(each)).join('\n');
      return [failure([name], `Default field evaluation failed.\n${messages}`)];
    }
    const value = evaluatedDefault(context, read.value);
    return 'fault' in value ? [failure([name], value.fault)] : [];
  });
}

/** A path as it is shown: `.a`, whether it is given as `a`, `.a` or `.["a"]`. */
function normalPath(text: string): string {
  const texts = fieldPath(text)?.map((key, i) => {
    if (typeof key === 'string' && isIdentifier(key)) return `.${key}`;
    return `${i === 0 ? '.' : ''}[${typeof key === 'string' ? quoted(key) : key}]`;
  });
  return texts?.join('') ?? text;
}

function collectionFailures({ fields }: ObjectValue): ConstraintFailure[] {
  const failures: ConstraintFailure[] = [];
  const constraints = listOf(fields.get('constraints')).map(mapOf);
  const count = (texts: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return [...counts].filter(([, times]) => times > 1).map(([text]) => text);
  };
  const names = constraints.flatMap((each) =>
    each.has('check') ? [String(mapOf(each.get('check')).get('name'))] : [],
  );
  for (const name of count(names)) failures.push(failure(['constraints'], `Duplicate check constraint name '${name}'`));
  const uniques = constraints.flatMap((each) => (each.has('unique') ? [listOf(each.get('unique'))] : []));
  if (uniques.some((unique) => unique.length === 0)) {
    failures.push(failure(['constraints'], 'Unique constraints must have at least one term'));
  }
  const paths = uniques.map((unique) => {
    const texts = unique.map((each) => normalPath(typeof each === 'string' ? each : String(mapOf(each).get('field'))));
    return `[${texts.join(', ')}]`;
  });
  for (const path of count(paths))
    failures.push(failure(['constraints'], `Duplicate unique constraint on path ${path}`));
  const defined = mapOf(fields.get('fields'));
  for (const name of mapOf(fields.get('computed_fields')).keys()) {
    if (defined.has(name))
      failures.push(failure(['computed_fields'], `Computed field '${name}' collides with a defined field`));
  }
  return failures;
}

const roleHooks: NativeHooks = {
  written: renamed,
  deletionFailures(context, ref, before) {
    const role = String(before.fields.get('name'));
    return namingRole(context, ref.scope, role).map(({ kind, name }) =>
      failure(['name'], `The ${kind} \`${name}\` refers to this document by its previous identifier \`${role}\`.`),
    );
  },
};

const accessProviderHooks: NativeHooks = {
  check({ context, ref, data }) {
    const { documents } = context.host.model;
    const taken = new Set<string>();
    for (const [other] of documents.scan(ref.scope, ref.collection)) {
      const fields = other.id === ref.id ? undefined : documents.read(other)?.data.fields;
      for (const field of ['name', 'issuer'])
        if (fields && fields.get(field) === data.fields.get(field)) taken.add(field);
    }
    if (taken.size > 0) throw new FieldsTaken(['name', 'issuer'].filter((field) => taken.has(field)));
    return [];
  },
};

const databaseHooks: NativeHooks = {
  // The keys of a database are deleted with it.
  beforeRemove({ host }, ref) {
    for (const [key] of [...host.model.documents.scan(ref.scope, NATIVE.keys)]) {
      const version = host.model.documents.read(key);
      const database = version?.data.fields.get('database');
      if (!version || !(database instanceof Ref) || database.id !== ref.id) continue;
      host.model.kindOf(NATIVE.keys).remove(host, key, version, () => {
        host.model.documents.append(host, key, StoredVersion.deletion(host.model.keys.writeTime));
      });
    }
  },
};

/** By the collections' internal ids. */
export const NATIVE_HOOKS: ReadonlyMap<number, NativeHooks> = new Map<number, NativeHooks>([
  [NATIVE.collections, collectionHooks],
  [NATIVE.functions, functionHooks],
  [NATIVE.databases, databaseHooks],
  [NATIVE.roles, roleHooks],
  [NATIVE.access_providers, accessProviderHooks],
  [NATIVE.keys, roleOfKey],
  [NATIVE.tokens, tokenHooks],
  [NATIVE.credentials, credentialHooks],
]);
