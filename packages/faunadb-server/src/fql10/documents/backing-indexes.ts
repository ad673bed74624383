// The indexes and unique constraints of a collection. Each is stored in an internal index; those with the same terms and
// values share one.
import { randomUUID } from 'node:crypto';
import { StoredVersion } from '../../model/base/stored-version.js';
import { deleteIndex, indexKind } from '../../model/kinds/indexes.js';
import type { StoredValue } from '../../storage/data.js';
import { NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import type { Provenance } from '../migrations/provenance.js';
import { textOfPath } from '../migrations/texts.js';
import { NULL_SPAN } from '../parse/span.js';
import { SourceLambda } from '../stored/source-lambda.js';
import { storedSource } from '../stored/stored-source.js';
import { fieldPath } from './index-paths.js';

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
  readonly status: string;
}

const readBacking = (given: StoredValue): Backing => {
  const fields = mapOf(given);
  return {
    key: String(fields.get('key')),
    index: fields.get('indexID') as Ref,
    status: String(fields.get('status') ?? 'complete'),
  };
};

/** The internal index that stores it. */
export function backingOf(collection: ObjectFields, held: IndexContents): Backing | undefined {
  const key = contentsKey(held, held.unique, mapOf(collection.get('computed_fields')));
  return listOf(collection.get('backingIndexes'))
    .map(readBacking)
    .find((backing) => backing.key === key);
}

/** The contents of a collection's indexes and constraints; those with the same terms and values are combined. */
function wanted(data: ObjectValue): Map<string, IndexContents> {
  const computed = mapOf(data.fields.get('computed_fields'));
  const all: IndexContents[] = [];
  for (const given of listOf(data.fields.get('constraints'))) {
    const unique = mapOf(given).get('unique');
    if (unique !== undefined) all.push({ terms: listOf(unique).map(readPart), values: [], unique: true });
  }
  for (const given of mapOf(data.fields.get('indexes')).values()) {
    const fields = mapOf(given);
    all.push({
      terms: listOf(fields.get('terms')).map(readPart),
      values: listOf(fields.get('values')).map(readValue),
      unique: false,
    });
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
): { ref: Ref; status: string } {
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
  const written = indexKind.write(
    { context: host, ref, position: undefined, isCreate: true, previous: NOTHING, data },
    (stored) => host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, stored)),
  );
  return { ref, status: written.fields.get('active') === true ? 'complete' : 'building' };
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
  host.model.changeSchema(ref.scope, ref.collection, ref.id, []);
  const renamed = new ObjectValue(new Map([...data.fields, ...contentsFields(held, computed).fields]));
  host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, renamed));
}

const UNIQUE_STATUS: Readonly<Record<string, string>> = { building: 'pending', complete: 'active', failed: 'failed' };

/**
 * Creates the indexes that a collection needs and deletes those that it no longer needs; returns their status. Where
 * migrations only moved fields, an index is kept under their new names.
 */
export function backIndexes(context: Context, ref: Ref, data: ObjectValue, provenance: Provenance): ObjectValue {
  const computed = mapOf(data.fields.get('computed_fields'));
  const held = wanted(data);
  const stored = listOf(data.fields.get('backingIndexes')).map(readBacking);
  const kept: Backing[] = [];
  for (const [key, each] of held) {
    const before = contentsBefore(each, provenance, computed);
    const known = before && stored.find((backing) => backing.key === contentsKey(before, before.unique, computed));
    if (!known) continue;
    if (known.key !== key) renameFields(context, known.index, each, computed);
    kept.push({ ...known, key });
  }
  for (const { index: unused } of stored) {
    if (kept.some(({ index }) => index.id === unused.id)) continue;
    const index = context.host.model.schema(ref.scope).index(unused.id);
    if (index) deleteIndex(context.host, index);
  }
  for (const [key, each] of held) {
    if (kept.some((backing) => backing.key === key)) continue;
    const made = createIndex(context, ref, String(data.fields.get('name')), each, computed);
    kept.push({ key, index: made.ref, status: made.status });
  }
  const statusOf = (each: IndexContents): string => {
    const unique = contentsKey(each, true, computed);
    return (
      (kept.find(({ key }) => key === unique) ?? kept.find(({ key }) => key === contentsKey(each, false, computed)))
        ?.status ?? 'complete'
    );
  };
  const backings = kept.map(({ key, index, status }) => objectOf({ key, indexID: index, status }));
  return withStatuses(withField(data, 'backingIndexes', backings), statusOf);
}

/** The collection's document with the status of its indexes. */
function withStatuses(data: ObjectValue, statusOf: (held: IndexContents) => string): ObjectValue {
  const indexes = [...mapOf(data.fields.get('indexes'))].map(([name, given]): [string, StoredValue] => {
    const fields = mapOf(given);
    const status = statusOf({
      terms: listOf(fields.get('terms')).map(readPart),
      values: listOf(fields.get('values')).map(readValue),
      unique: false,
    });
    const queryable = fields.get('queryable');
    const terms = fields.get('terms');
    const values = fields.get('values');
    return [
      name,
      objectOf({
        terms: terms === undefined || terms === null ? undefined : terms,
        values: values === undefined || values === null ? undefined : listOf(values).map(withOrder),
        queryable: typeof queryable === 'boolean' ? queryable : status === 'complete',
        status,
      }),
    ];
  });
  const constraints = listOf(data.fields.get('constraints'));
  const uniques = constraints
    .filter((given) => mapOf(given).has('unique'))
    .map((given) => {
      const status = statusOf({ terms: listOf(mapOf(given).get('unique')).map(readPart), values: [], unique: true });
      return withField(given as ObjectValue, 'status', UNIQUE_STATUS[status] ?? status);
    });
  const checks = constraints.filter((given) => !mapOf(given).has('unique'));
  return withField(withField(data, 'indexes', new ObjectValue(new Map(indexes))), 'constraints', [
    ...uniques,
    ...checks,
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
