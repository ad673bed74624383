import type { Failure, FieldFailure } from '../../values/failure.js';
import { FIRST_INDEX, NATIVE } from '../../values/ids.js';
import { difference, omit, pick, sameStored, withField } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { Lambda, ObjectValue, Ref, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import {
  boolean,
  type FieldType,
  Invalid,
  invalidType,
  long,
  map,
  name,
  optional,
  required,
  string,
  valueRequired,
} from '../base/fields.js';
import { Index } from '../base/index-definition.js';
import type { RequestedChange, Writing } from '../base/kind.js';
import { StoredVersion } from '../base/stored-version.js';
import { danglingRefs } from '../documents/references.js';
import { buildKey, buildNow, canBuildNow, scheduleBuild } from '../indexes/build.js';
import { EntryStore } from '../indexes/entry-store.js';
import { scheduleReview } from '../indexes/omissions.js';
import { discard, discardOmissions } from '../maintenance/discard.js';
import { describeDifference } from './index-difference.js';
import { NamedKind } from './named.js';
import { refusalOf } from './protected-mode.js';

const MAX_PARTITIONS = 8n;

/** A list of values of a type, or a single one. Reports the failures of the first invalid one. */
function listOf(type: FieldType): FieldType {
  return {
    name: type.name,
    check(value, path) {
      return firstFailures(list(value), (element) => type.check(element, path));
    },
  };
}

function firstFailures<T>(elements: readonly T[], check: (element: T) => readonly FieldFailure[]) {
  for (const element of elements) {
    const failures = check(element);
    if (failures.length > 0) return failures;
  }
  return [];
}

/** A term or value of an index: a path into the document or the name of a binding, with options. */
const term: FieldType = {
  name: 'Term',
  check(value, path) {
    if (!(value instanceof ObjectValue)) return [invalidType(path, 'Term', value)];
    const { fields } = value;
    const binding = fields.get('binding') ?? undefined;
    const field = fields.get('field') ?? undefined;
    if (typeof binding !== 'string') {
      const wrong = list(field).find((step) => typeof step !== 'string' && typeof step !== 'bigint');
      const isPath = field !== undefined && wrong === undefined;
      // An invalid binding does not matter if there is a path.
      if (binding !== undefined && !isPath) return [invalidType(['binding'], 'String', binding)];
      if (wrong !== undefined) return [invalidType(['field'], 'Long or String', wrong)];
      if (!isPath) {
        const description = 'Must provide one of the following: field, binding';
        return [{ field: ['field'], code: 'value required', description }];
      }
    }
    const options = [
      ['reverse', boolean],
      ['mva', boolean],
      ['transform', string],
    ] as const;
    for (const [option, type] of options) {
      const given = fields.get(option) ?? null;
      const failures = given === null ? [] : type.check(given, [option]);
      if (failures.length > 0) return failures;
    }
    const transform = fields.get('transform') ?? 'casefold';
    if (transform === 'casefold') return [];
    const description = `Invalid value \`${String(transform)}\` at \`transform\``;
    return [{ field: ['transform'], code: 'invalid value', description }];
  },
};

/** The source of an index: a collection, `_` for all, several collections, or an object that adds bindings. */
const source: FieldType = {
  name: 'SourceClass',
  check(value, path) {
    const covered = value instanceof ObjectValue ? collectionOf(value) : value;
    const failures =
      value instanceof ObjectValue
        ? [...collectionFailures(value), ...functionFailures(value.fields.get('fields') ?? null)].slice(0, 1)
        : isSource(value)
          ? []
          : [invalidType(path, 'SourceClass', value)];
    if (failures.length > 0 || !list(covered).some(isDatabases)) return failures;
    return [{ field: path, code: 'invalid reference', description: 'Cannot read reference.' }];
  },
};

const isCollection = (value: Value) => value instanceof Ref && value.collection === NATIVE.collections;
const isSource = (value: Value) => value === '_' || isCollection(value);
const isDatabases = (value: Value) =>
  value instanceof Ref && value.collection === NATIVE.collections && Number(value.id) === NATIVE.databases;

const collectionOf = ({ fields }: ObjectValue): Value | undefined => {
  const valid = (name: string) => {
    const value = fields.get(name) ?? undefined;
    const isValid = value !== undefined && (Array.isArray(value) ? value.every(isCollection) : isSource(value));
    return isValid ? value : undefined;
  };
  return valid('class') ?? valid('collection');
};

/** As in FaunaDB, failures name `class`, although `collection` is accepted as well. */
function collectionFailures(source: ObjectValue): readonly FieldFailure[] {
  if (collectionOf(source) !== undefined) return [];
  const given = source.fields.get('class') ?? undefined;
  if (given === undefined) return [valueRequired(['class'])];
  const wrong = Array.isArray(given) ? (given as readonly Value[]).find((value) => !isCollection(value)) : undefined;
  return wrong === undefined
    ? [invalidType(['class'], 'SourceClass', given)]
    : [invalidType(['class'], 'Class Ref', wrong)];
}

function functionFailures(functions: Value): readonly FieldFailure[] {
  if (functions === null) return [];
  if (!(functions instanceof ObjectValue)) return [invalidType(['fields'], 'Query Map', functions)];
  return firstFailures([...functions.fields], ([binding, lambda]) =>
    lambda instanceof Lambda ? [] : [invalidType(['fields', binding], 'Query', lambda)],
  );
}

class IndexKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    required('source', listOf(source)),
    optional('terms', listOf(term)),
    optional('values', listOf(term)),
    required('active', boolean),
    optional('partitions', long),
    optional('unique', boolean),
    optional('serialized', boolean),
  ];
  override readonly defaults = new ObjectValue(
    new Map<string, Value>([
      ['active', false],
      ['serialized', true],
    ]),
  );
  override readonly keptByReplace = ['name', 'unique', 'unindexed'];

  override nextId(context: ModelContext): bigint {
    return BigInt(context.model.keys.count(`indexes/${context.auth.scope}`, Number(FIRST_INDEX)));
  }

  override apply(context: ModelContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    let data = super.apply(context, previous, onlyKnownOptions(diff));
    data = withField(data, 'partitions', partitions(data));
    // An active index stays active.
    return previous.fields.get('active') === true ? withField(data, 'active', true) : data;
  }

  override checkChange({ context, previous, diff }: RequestedChange): readonly FieldFailure[] {
    const proposed = super.apply(context, previous, onlyKnownOptions(diff));
    return [
      ...partitionFailures(diff),
      ...sourceFailures(proposed.fields.get('source')),
      ...(previous.fields.has('active') ? [] : [valueRequired(['active'])]),
    ];
  }

  override check({ context, data }: Writing): readonly FieldFailure[] {
    return [...bindingFailures(data), ...danglingRefs(context, data)];
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref, data } = writing;
    if (!writing.isCreate) {
      refuseOtherShape(context.model.documents.latest(ref)!.data, data);
      return super.write(writing, store);
    }
    const index = Index.read(ref.scope, ref.id, data);
    if (!canBuildNow(context, index)) scheduleBuild(context.model, index);
    else if (buildNow(context, index)) return super.write({ ...writing, data: withField(data, 'active', true) }, store);
    else scheduleReview(context.model.keys, index);
    return super.write(writing, store);
  }

  override refusalToDelete(context: ModelContext, ref: Ref, position: Position | undefined): Failure | undefined {
    return refusalOf(context, ref.scope, 'Cannot cause deletion of backing index', position);
  }

  override remove(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    super.remove(context, ref, version, remove);
    context.model.keys.remove(buildKey(ref));
    for (const prefix of EntryStore.prefixes(ref.scope, ref.id)) discard(context.model, prefix);
    discardOmissions(context.model, ref.scope, ref.id);
  }
}

export const indexKind = new IndexKind();

/** Deletes an index because the only collection it covers is being deleted. */
export function deleteIndex(context: ModelContext, index: Index): void {
  const version = context.model.documents.latest(index.ref);
  if (!version || version.deleted) return;
  indexKind.remove(context, index.ref, version, () => {
    context.model.documents.append(context, index.ref, StoredVersion.deletion(context.model.keys.writeTime));
  });
}

const TERM_OPTIONS = ['binding', 'field', 'reverse', 'mva', 'transform'];

/** Keeps only known fields of terms and values. */
function onlyKnownOptions(diff: ObjectValue): ObjectValue {
  const known = (value: Value): Value =>
    value instanceof ObjectValue
      ? omit(
          value,
          [...value.fields.keys()].filter((k) => !TERM_OPTIONS.includes(k)),
        )
      : value;
  let result = diff;
  for (const list of ['terms', 'values']) {
    const given = diff.fields.get(list);
    if (given === undefined) continue;
    result = withField(result, list, Array.isArray(given) ? (given as readonly Value[]).map(known) : known(given));
  }
  return result;
}

function partitionFailures({ fields }: ObjectValue): FieldFailure[] {
  const given = fields.get('partitions');
  if (typeof given !== 'bigint' || (given >= 1n && given <= MAX_PARTITIONS)) return [];
  const description = `Value ${given} is not in expected range 1 to ${MAX_PARTITIONS}.`;
  return [{ field: ['partitions'], code: 'bounds error', description }];
}

/** As in FaunaDB, a value that is not a number counts as unset. */
function partitions({ fields }: ObjectValue): bigint {
  const current = fields.get('partitions');
  if (typeof current === 'bigint') return current;
  const terms = fields.get('terms');
  const first = list(terms)[0];
  const byCollection =
    list(terms).length === 1 && first instanceof ObjectValue && sameStored(list(first.fields.get('field')), ['class']);
  const isValid = terms === undefined || listOf(term).check(terms, ['terms']).length === 0;
  return isValid && (list(terms).length === 0 || byCollection) ? MAX_PARTITIONS : 1n;
}

function sourceFailures(given: Value | undefined): readonly FieldFailure[] {
  if (given === undefined) return [valueRequired(['source'])];
  const failures = listOf(source).check(given, ['source']);
  if (failures.length > 0) return failures;
  const sources = list(given);
  const covered = sources.map((s) => list(s instanceof ObjectValue ? collectionOf(s) : s));
  const named = covered
    .filter((c) => !c.includes('_'))
    .map((c) =>
      c
        .map((r) => (r as Ref).id)
        .sort()
        .join(),
    );
  if (new Set(named).size < named.length) {
    const description = 'A collection ref may only match one binding.';
    return [{ field: ['source'], code: 'multiple bindings', description }];
  }
  const functionsOf = (s: Value) => (s instanceof ObjectValue ? s.fields.get('fields') : undefined);
  const unbound = sources.every((s) => {
    const functions = functionsOf(s);
    return !(functions instanceof ObjectValue) || functions.fields.size === 0;
  });
  if (sources.length > 1 && unbound && covered.some((c) => c.includes('_'))) {
    const description = 'Cannot mix collection refs and wildcards without providing bindings.';
    return [{ field: ['source'], code: 'mixed wildcards', description }];
  }
  return [];
}

function bindingFailures(data: ObjectValue): FieldFailure[] {
  const given = data.fields.get('source');
  if (given === undefined || listOf(source).check(given, ['source']).length > 0) return [];
  const valid = (['terms', 'values'] as const)
    .map((field) => list(data.fields.get(field)))
    .filter((terms) => listOf(term).check(terms, []).length === 0);
  const used = new Set(valid.flat().map((t) => (t as ObjectValue).fields.get('binding')));
  return list(data.fields.get('source')).flatMap((s, i) => {
    const functions = s instanceof ObjectValue ? s.fields.get('fields') : undefined;
    if (!(functions instanceof ObjectValue)) return [];
    return [...functions.fields].flatMap(([binding, lambda], j) => {
      const field = ['source', String(i), 'fields', String(j), binding];
      const failures: FieldFailure[] = [];
      if ((lambda as Lambda).effect !== 'pure') {
        const description = 'Field binding must be a pure unary function.';
        failures.push({ field, code: 'invalid binding', description });
      }
      if (!used.has(binding)) {
        const description = 'Source binding is not used as a term or value.';
        failures.push({ field, code: 'unused binding', description });
      }
      return failures;
    });
  });
}

const SHAPE = ['source', 'terms', 'values'];

function refuseOtherShape(before: ObjectValue, proposed: ObjectValue): void {
  const counts = [before, proposed].map((d) => (d.fields.get('unique') === true ? 1n : d.fields.get('partitions')));
  if (counts[0] !== counts[1]) {
    const description = `Index partition count may not be updated (${counts[0]} -> ${counts[1]}).`;
    throw new Invalid([{ field: [], code: 'invalid index', description }]);
  }
  const change = difference(pick(before, SHAPE), pick(proposed, SHAPE));
  if (change.fields.size === 0) return;
  const description = `Index sources, terms, and values may not be updated (${describeDifference(change)})`;
  throw new Invalid([{ field: [], code: 'invalid index', description }]);
}

function list(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}
