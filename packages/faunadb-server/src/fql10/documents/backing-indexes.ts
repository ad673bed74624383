// The indexes and unique constraints of a collection. Each is stored in an internal index; those with the same terms and
// values share one.
import { randomUUID } from 'node:crypto';
import { StoredVersion } from '../../model/base/stored-version.js';
import { deleteIndex, indexKind } from '../../model/kinds/indexes.js';
import type { StoredValue } from '../../storage/data.js';
import { NATIVE } from '../../values/ids.js';
import { sameStored, withField } from '../../values/objects.js';
import { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { RuntimeFailure } from '../evaluate/failures.js';
import type { Provenance } from '../migrations/provenance.js';
import { textOfPath } from '../migrations/texts.js';
import { NULL_SPAN } from '../parse/span.js';
import { SourceLambda } from '../stored/source-lambda.js';
import { storedSource } from '../stored/stored-source.js';
import { fieldPath } from './index-paths.js';
import { refusedWhenProtected } from './protected-mode.js';

export type ObjectFields = ReadonlyMap<string, StoredValue>;

export interface IndexPart {
  /** As written, with or without a leading dot. */
  readonly field: string;
  readonly mva: boolean;
}
export type IndexedValue = IndexPart & { readonly descending: boolean };

/** The terms and values of an index. */
export interface IndexContents {
  readonly terms: readonly IndexPart[];
  readonly values: readonly IndexedValue[];
  readonly unique: boolean;
}

const NOTHING = new ObjectValue(new Map());
const listOf = (value: unknown): readonly StoredValue[] =>
  Array.isArray(value) ? (value as readonly StoredValue[]) : [];
const mapOf = (value: unknown): ObjectFields =>
  value instanceof ObjectValue ? (value.fields as ObjectFields) : new Map();
const objectOf = (fields: Readonly<Record<string, StoredValue | undefined>>): ObjectValue =>
  new ObjectValue(
    new Map(Object.entries(fields).filter((field): field is [string, StoredValue] => field[1] !== undefined)),
  );

/** A term or a value, as in a collection's document. */
export function readPart(given: StoredValue): IndexPart {
  if (typeof given === 'string') return { field: given, mva: false };
  const fields = mapOf(given);
  return { field: String(fields.get('field')), mva: fields.get('mva') === true };
}
export const readValue = (given: StoredValue): IndexedValue => ({
  ...readPart(given),
  descending: mapOf(given).get('order') === 'desc',
});

const pathOf = ({ field }: IndexPart): readonly (string | number)[] => fieldPath(field) ?? [];
const dotted = (field: string): string => (field.startsWith('.') ? field : `.${field}`);

/** Identifies an index by its contents; computed fields by their source. */
export function contentsKey(
  { terms, values }: Pick<IndexContents, 'terms' | 'values'>,
  unique: boolean,
  computed: ObjectFields,
): string {
  const partKey = (part: IndexPart) => {
    const path = pathOf(part);
    const body = mapOf(computed.get(String(path[0]))).get('body');
    return [dotted(part.field), part.mva, typeof body === 'string' ? body : null];
  };
  return JSON.stringify([terms.map(partKey), values.map((value) => [...partKey(value), value.descending]), unique]);
}

interface Backing {
  readonly key: string;
  readonly index: Ref;
}

const readBacking = (given: StoredValue): Backing => {
  const fields = mapOf(given);
  return {
    key: String(fields.get('key')),
    index: fields.get('indexID') as Ref,
  };
};

/** The internal index that stores it. */
export function backingOf(collection: ObjectFields, held: IndexContents): Backing | undefined {
  const key = contentsKey(held, held.unique, mapOf(collection.get('computed_fields')));
  return listOf(collection.get('backingIndexes'))
    .map(readBacking)
    .find((backing) => backing.key === key);
}

const contentsOf = (index: ObjectFields): Pick<IndexContents, 'terms' | 'values'> => ({
  terms: listOf(index.get('terms')).map(readPart),
  values: listOf(index.get('values')).map(readValue),
});

/** The contents of a collection's indexes and constraints; those with the same terms and values are combined. */
function wanted(data: ObjectValue): Map<string, IndexContents> {
  const computed = mapOf(data.fields.get('computed_fields'));
  const all: IndexContents[] = [];
  for (const given of listOf(data.fields.get('constraints'))) {
    const unique = mapOf(given).get('unique');
    if (unique !== undefined) all.push({ terms: listOf(unique).map(readPart), values: [], unique: true });
  }
  for (const given of mapOf(data.fields.get('indexes')).values()) {
    all.push({ ...contentsOf(mapOf(given)), unique: false });
  }
  const held = new Map<string, IndexContents>();
  for (const each of all) {
    // Uniqueness is checked in the same index.
    const key = contentsKey(each, true, computed);
    held.set(held.has(key) ? key : contentsKey(each, each.unique, computed), held.get(key) ?? each);
  }
  return held;
}

/** How the collection's document gives the field of an internal index. */
function source(part: IndexPart, descending: boolean, computed: ObjectFields): ObjectValue {
  const path = pathOf(part);
  const [first] = path;
  const options = { mva: part.mva, reverse: descending ? true : undefined };
  if (typeof first === 'string' && computed.has(first))
    return objectOf({ binding: dotted(part.field).slice(1), ...options });
  const keys = path.map((key) => (typeof key === 'number' ? BigInt(key) : key));
  if (first === 'id') return objectOf({ field: ['ref'], ...options });
  if (first === 'ts' || first === 'ttl' || first === 'data') return objectOf({ field: keys, ...options });
  return objectOf({ field: ['data', ...keys], ...options });
}

/** The fields of an internal index's document that name what is indexed. */
const contentsFields = ({ terms, values, unique }: IndexContents, computed: ObjectFields): ObjectValue =>
  objectOf({
    terms: terms.map((part) => source(part, false, computed)),
    values: values.map((part) => source(part, part.descending, computed)),
    constraint: unique
      ? terms.map((part) => pathOf(part).map((key) => (typeof key === 'number' ? BigInt(key) : key)))
      : undefined,
  });

function createIndex(
  context: Context,
  collection: Ref,
  collectionName: string,
  held: IndexContents,
  computed: ObjectFields,
): Ref {
  const { host } = context;
  const bindings = new Map<string, StoredValue>();
  for (const part of [...held.terms, ...held.values]) {
    const path = pathOf(part);
    const body = mapOf(computed.get(String(path[0]))).get('body');
    if (typeof body === 'string') {
      const name = `*computed_field:${collectionName}:${String(path[0])}*`;
      bindings.set(
        dotted(part.field).slice(1),
        new SourceLambda(storedSource({ body, name, path: path.slice(1) })) as never,
      );
    }
  }
  const ref = new Ref(collection.scope, NATIVE.indexes, indexKind.nextId(host));
  const data = objectOf({
    name: randomUUID(),
    source: [objectOf({ collection, fields: bindings.size === 0 ? undefined : new ObjectValue(bindings) })],
    ...Object.fromEntries(contentsFields(held, computed).fields as ObjectFields),
    active: false,
    serialized: true,
    unique: held.unique ? true : undefined,
    partitions: held.terms.length === 0 ? 8n : 1n,
    hidden: true,
    collection_index: true,
  });
  indexKind.write({ context: host, ref, position: undefined, isCreate: true, previous: NOTHING, data }, (stored) =>
    host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, stored)),
  );
  return ref;
}

/** The contents with the paths that fields had before migrations; `undefined` if their values may have changed. */
function contentsBefore(
  { terms, values, unique }: IndexContents,
  provenance: Provenance,
  computed: ObjectFields,
): IndexContents | undefined {
  if (provenance.migrations.length === 0) return { terms, values, unique };
  const before = <T extends IndexPart>(part: T): T | undefined => {
    const path = pathOf(part);
    const old = computed.has(String(path[0])) ? undefined : provenance.before(path);
    return old && { ...part, field: textOfPath({ elements: old.map((key) => ({ key, span: NULL_SPAN })) }) };
  };
  const [oldTerms, oldValues] = [terms.map(before), values.map(before)];
  const isKnown = <T>(part: T | undefined): part is T => part !== undefined;
  if (!oldTerms.every(isKnown) || !oldValues.every(isKnown)) return undefined;
  return { terms: oldTerms, values: oldValues, unique };
}

/** Lets an internal index read its values from the present paths; its entries stay. */
function renameFields({ host }: Context, ref: Ref, held: IndexContents, computed: ObjectFields): void {
  const data = host.model.documents.latest(ref)?.data;
  if (!data) return;
  const renamed = new ObjectValue(new Map([...data.fields, ...contentsFields(held, computed).fields]));
  if (sameStored(data, renamed)) return;
  host.model.changeSchema(ref.scope, ref.collection, ref.id, []);
  host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, renamed));
}

const UNIQUE_STATUS: Readonly<Record<BuildStatus, string>> = {
  building: 'pending',
  complete: 'active',
  failed: 'failed',
};

const backingsOf = (data: ObjectValue | undefined): readonly Backing[] =>
  listOf(data?.fields.get('backingIndexes')).map(readBacking);
const isAmong = (backings: readonly Backing[], { index }: Pick<Backing, 'index'>): boolean =>
  backings.some((each) => each.index.id === index.id);

const removalRefused = ({ trace }: Context): RuntimeFailure =>
  new RuntimeFailure('invalid_schema', 'Invalid database schema update.\n', trace, {
    constraintFailures: [refusedWhenProtected('Cannot cause deletion of backing index')],
  });

/** How a collection's documents have changed since its indexes were made. */
export interface IndexChange {
  readonly provenance: Provenance;
  /** The collection's document in effect, if the change is only staged. Its indexes stay as they are. */
  readonly active?: ObjectValue | undefined;
  /** Whether documents have the shape that they had in the last schema that was staged. */
  readonly hasStagedShape?: boolean;
}

/**
 * Creates the indexes that a collection needs and deletes those that it no longer needs. Where migrations only moved
 * fields, an index is kept under their new names.
 *
 * @throws {RuntimeFailure} if the database is protected and an index would be deleted
 */
export function backIndexes(
  context: Context,
  ref: Ref,
  data: ObjectValue,
  { provenance, active, hasStagedShape = false }: IndexChange,
): ObjectValue {
  const computed = mapOf(data.fields.get('computed_fields'));
  const held = wanted(data);
  const stored = backingsOf(data);
  const live = active ? backingsOf(active) : stored;
  const kept: Backing[] = [];
  for (const [key, each] of held) {
    const before = contentsBefore(each, provenance, computed);
    const known = before && live.find((backing) => backing.key === contentsKey(before, before.unique, computed));
    if (known) {
      if (!active) renameFields(context, known.index, each, computed);
      kept.push({ ...known, key });
    } else if (active && hasStagedShape) {
      const staged = stored.find((backing) => backing.key === key && !isAmong(live, backing));
      if (staged) kept.push(staged);
    }
  }
  const unused = stored.filter((each) => !isAmong(active ? [...kept, ...live] : kept, each));
  const { isProtected } = context.host.model.schema(ref.scope);
  if (isProtected && !active && unused.length > 0) throw removalRefused(context);
  for (const each of unused) removeIndex(context, each);
  for (const [key, each] of held) {
    if (kept.some((backing) => backing.key === key)) continue;
    kept.push({ key, index: createIndex(context, ref, String(data.fields.get('name')), each, computed) });
  }
  const backings = kept.map(({ key, index }) => objectOf({ key, indexID: index }));
  return withIndexes(withField(data, 'backingIndexes', backings));
}

/** Lets the indexes of a collection follow a staged schema that comes into effect. */
export function commitIndexes(context: Context, active: ObjectValue, staged: ObjectValue): void {
  const [before, now] = [backingsOf(active), backingsOf(staged)];
  for (const unused of before) if (!isAmong(now, unused)) removeIndex(context, unused);
  const computed = mapOf(staged.fields.get('computed_fields'));
  for (const [key, each] of wanted(staged)) {
    const backing = now.find((other) => other.key === key);
    if (backing && isAmong(before, backing)) renameFields(context, backing.index, each, computed);
  }
}

/** Deletes the indexes that only a staged schema has. */
export function abandonIndexes(context: Context, active: ObjectValue, staged: ObjectValue): void {
  for (const unused of backingsOf(staged)) if (!isAmong(backingsOf(active), unused)) removeIndex(context, unused);
}

function removeIndex({ host }: Context, { index: { scope, id } }: Pick<Backing, 'index'>): void {
  const index = host.model.schema(scope).index(id);
  if (index) deleteIndex(host, index);
}

export type BuildStatus = 'building' | 'complete' | 'failed';

/** How far an internal index is. */
function statusOfIndex({ host }: Context, ref: Ref): BuildStatus {
  const fields = host.model.documents.latest(ref)?.data.fields;
  if (fields?.get('active') === true) return 'complete';
  return fields?.has('build_error') ? 'failed' : 'building';
}

/** An index or a unique constraint that only a staged schema has. */
export interface StagedIndex {
  readonly description: string;
  readonly status: BuildStatus;
}

export function stagedIndexes(
  context: Context,
  active: ObjectValue | undefined,
  staged: ObjectValue,
): readonly StagedIndex[] {
  const before = backingsOf(active);
  const noted = (held: IndexContents, description: string): readonly StagedIndex[] => {
    const backing = backingHolding(staged, held);
    if (!backing || isAmong(before, backing)) return [];
    return [{ description, status: statusOfIndex(context, backing.index) }];
  };
  return [
    ...[...mapOf(staged.fields.get('indexes'))].flatMap(([name, given]) =>
      noted({ ...contentsOf(mapOf(given)), unique: false }, `index ${name}`),
    ),
    ...listOf(staged.fields.get('constraints')).flatMap((given) => {
      const unique = mapOf(given).get('unique');
      if (unique === undefined) return [];
      const terms = listOf(unique).map(readPart);
      const fields = terms.map(({ field }) => dotted(field)).join(', ');
      return noted({ terms, values: [], unique: true }, `unique constraint on [${fields}]`);
    }),
  ];
}

/** The internal index of an index or a constraint; both may share one. */
function backingHolding(data: ObjectValue, held: IndexContents): Backing | undefined {
  const computed = mapOf(data.fields.get('computed_fields'));
  const keys = [contentsKey(held, true, computed), contentsKey(held, false, computed)];
  const backings = backingsOf(data);
  return keys.map((key) => backings.find((backing) => backing.key === key)).find((backing) => backing);
}

/** The collection's document with the status of its indexes, but for those that this query defines. */
export function withStatuses(context: Context, data: ObjectValue): ObjectValue {
  const statusOf = (held: IndexContents): BuildStatus => {
    const backing = backingHolding(data, held);
    return backing ? statusOfIndex(context, backing.index) : 'complete';
  };
  const indexes = [...mapOf(data.fields.get('indexes'))].map(([name, given]): [string, StoredValue] => {
    const index = given as ObjectValue;
    if (!index.fields.has('status')) return [name, index];
    const status = statusOf({ ...contentsOf(mapOf(given)), unique: false });
    const queryable = index.fields.get('queryable');
    const shown = withField(index, 'status', status);
    return [name, queryable === true ? withField(shown, 'queryable', status === 'complete') : shown];
  });
  const constraints = listOf(data.fields.get('constraints')).map((given) => {
    const unique = mapOf(given).get('unique');
    if (unique === undefined || !mapOf(given).has('status')) return given;
    const status = statusOf({ terms: listOf(unique).map(readPart), values: [], unique: true });
    return withField(given as ObjectValue, 'status', UNIQUE_STATUS[status]);
  });
  const { fields } = data;
  const shown = fields.has('indexes') ? withField(data, 'indexes', new ObjectValue(new Map(indexes))) : data;
  return fields.has('constraints') ? withField(shown, 'constraints', constraints) : shown;
}

/** The collection's document with its indexes and constraints in the form in which they are stored. */
function withIndexes(data: ObjectValue): ObjectValue {
  const indexes = [...mapOf(data.fields.get('indexes'))].map(([name, given]): [string, StoredValue] => {
    const fields = mapOf(given);
    const terms = fields.get('terms') ?? undefined;
    const values = fields.get('values') ?? undefined;
    const queryable = fields.get('queryable');
    return [
      name,
      objectOf({
        terms,
        values: values === undefined ? undefined : listOf(values).map(withOrder),
        queryable: queryable !== false,
        // Readers see the status of the moment.
        status: 'complete',
      }),
    ];
  });
  const constraints = listOf(data.fields.get('constraints'));
  const isUnique = (given: StoredValue) => mapOf(given).has('unique');
  const noted = (given: StoredValue) => withField(given as ObjectValue, 'status', UNIQUE_STATUS.complete);
  return withField(withField(data, 'indexes', new ObjectValue(new Map(indexes))), 'constraints', [
    ...constraints.filter(isUnique).map(noted),
    ...constraints.filter((given) => !isUnique(given)),
  ]);
}

function withOrder(given: StoredValue): StoredValue {
  const value = given as ObjectValue;
  if (value.fields.has('order')) return value;
  return objectOf({
    field: value.fields.get('field') as StoredValue,
    order: 'asc',
    mva: value.fields.get('mva') as StoredValue | undefined,
  });
}
