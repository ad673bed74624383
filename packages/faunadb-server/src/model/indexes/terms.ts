import { foldCase } from '@supertokens-faunadb/java/text';
import type { StoredValue } from '../../storage/data.js';
import { sameValue } from '../../values/equality.js';
import { badRequest } from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import { type Lambda, TransactionTime, type Value, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Bindings, Index, TermSource } from '../base/index-definition.js';
import { valueAt } from '../documents/select.js';
import { isScalar, storable } from '../documents/storable.js';

/** An entry of a document in an index: the terms that find it, and the values that order and cover it. */
export interface Tuple {
  readonly terms: readonly StoredValue[];
  readonly values: readonly StoredValue[];
}

/** A document with more entries than this in one index is refused. */
const MAX_ENTRIES = 20_000;

/** Thrown for a document that an index cannot hold. */
export class TooManyEntries extends Failure {}

/** A placeholder for the version's own time. It cannot be a term, because it is unknown when terms are computed. */
const OWN_TIME = new TransactionTime();

/**
 * The entries of a document in an index: every combination of one value for each term and value. If all terms, or all
 * values, are null, there are none.
 *
 * @throws {TooManyEntries} if there are too many
 */
export function tuplesOf(context: ModelContext, index: Index, version: Version): Tuple[] {
  const bindings = index.bindingsFor(version.ref.collection);
  if (!bindings) return [];
  const { ref, action, data } = version;
  const terms = alternatives(
    index,
    index.terms,
    new Computed(context, index, bindings, new Version(ref, undefined, action, data)),
  );
  const values = alternatives(index, index.values, new Computed(context, index, bindings, version));
  refuseTooMany(index, terms.length * values.length);
  return terms.flatMap((t) =>
    values.map((v) => ({
      terms: t.map((term) => (term instanceof TransactionTime ? null : term)),
      values: v as StoredValue[],
    })),
  );
}

type Computable = StoredValue | TransactionTime;

function alternatives(index: Index, sources: readonly TermSource[], computed: Computed): Computable[][] {
  let result: Computable[][] = [[]];
  for (const source of sources) {
    const values = computed.valuesOf(source);
    refuseTooMany(index, result.length * values.length);
    result = result.flatMap((head) => values.map((value) => [...head, value]));
  }
  // Indexes of FQL v10 also hold documents that have none of the values.
  if (sources.length === 0 || (index.isHidden && sources === index.values)) return result;
  return result.filter((tuple) => tuple.some((value) => value !== null));
}

function refuseTooMany(index: Index, count: number): void {
  if (count <= MAX_ENTRIES) return;
  const { errors } = badRequest(`A document has more than ${MAX_ENTRIES} entries in the index '${index.name}'.`);
  throw new TooManyEntries(errors);
}

class Computed {
  readonly #context: ModelContext;
  readonly #isHidden: boolean;
  readonly #bindings: Bindings;
  readonly #version: Version;

  constructor(context: ModelContext, { isHidden }: Index, bindings: Bindings, version: Version) {
    this.#context = context;
    this.#isHidden = isHidden;
    this.#bindings = bindings;
    this.#version = version;
  }

  valuesOf(source: TermSource): Computable[] {
    const found = 'binding' in source.path ? this.#binding(source.path.binding, source.mva) : this.#path(source);
    return found.length === 0 ? [null] : found;
  }

  #path({ path, mva, casefold: folds }: TermSource): Computable[] {
    const value = valueAt(this.#context, this.#version, path as readonly (string | bigint)[], mva);
    if (!mva) {
      if (!folds) return [storable(this.#context, value ?? null)];
      // The real server maps over the value at the path, which only works for an array.
      if (!Array.isArray(value)) return [];
      const folded = foldAll(value as readonly Computable[]);
      return folded.length === value.length ? [folded as StoredValue[]] : [];
    }
    const flat: Computable[] = [];
    flatten(value === undefined ? [] : [value], (v) => flat.push(scalar(this.#context, v)));
    return folds ? foldAll(flat) : flat;
  }

  #binding(name: string, mva: boolean): Computable[] {
    const lambda = this.#bindings.get(name);
    if (!lambda) return [];
    let value: Value;
    try {
      value = this.#applied(lambda);
    } catch (error) {
      // If a binding fails for a document, the document is indexed without it.
      if (error instanceof Failure) return [];
      throw error;
    }
    // Indexes of FQL v10 hold arrays and objects as they are, unless they are to hold their elements.
    if (this.#isHidden && !mva) return [whole(this.#context, value)];
    if (Array.isArray(value)) {
      const flat: Computable[] = [];
      for (const element of value as readonly Value[]) {
        if (mva) flatten([element], (v) => flat.push(scalar(this.#context, v)));
        else flat.push(scalar(this.#context, element));
      }
      return flat;
    }
    return isScalar(value) ? [scalar(this.#context, value)] : [];
  }

  #applied(lambda: Lambda): Value {
    const context = this.#context.with({
      effectLimit: { effect: 'pure', reason: 'index bindings' },
      validTime: undefined,
    });
    const { ref, ts, action, data } = this.#version;
    const value = context.apply(lambda, this.#version, undefined);
    const { keys } = context.model;
    if (ts === undefined || ts !== keys.writeTime || ts === keys.time) return value;
    // A placeholder for an unknown time can be stored, but nothing can be computed from it.
    const later = context.apply(lambda, new Version(ref, ts + 1n, action, data), undefined);
    if (!sameValue(value, later) && !(value === ts && later === ts + 1n)) keys.ownTime();
    return value;
  }
}

function foldAll(values: readonly Computable[]): Computable[] {
  // One value that is not a string makes the whole transformation fail.
  return values.every((v) => typeof v === 'string') ? values.map((v) => foldCase(v as string)) : [];
}

function flatten(values: readonly Value[], push: (value: Value) => void): void {
  for (const value of values) {
    if (Array.isArray(value)) flatten(value as readonly Value[], push);
    else push(value);
  }
}

/** The stored form of a value of any kind; a value that cannot be stored becomes null. */
function whole(context: ModelContext, value: Value): Computable {
  if (value instanceof TransactionTime) return OWN_TIME;
  try {
    return storable(context, value);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** The stored form of a value in an index; a value that cannot be stored becomes null. */
function scalar(context: ModelContext, value: Value): Computable {
  if (value instanceof TransactionTime) return OWN_TIME;
  return isScalar(value) ? storable(context, value) : null;
}
