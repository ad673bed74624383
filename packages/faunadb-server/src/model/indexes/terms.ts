import type { EvalContext } from '../../language/context.js';
import { Failure } from '../../language/failure.js';
import { valueAt } from '../../language/select.js';
import { foldCase } from '../../language/text/case-fold.js';
import type { Value, Version } from '../../language/values.js';
import type { StoredValue } from '../../storage/data.js';
import { isScalar, storable } from '../documents/storable.js';
import type { Bindings, Index, TermSource } from './index.js';

/** What one document has in an index: terms it is found by, and values that order and cover it. */
export interface Tuple {
  readonly terms: readonly StoredValue[];
  readonly values: readonly StoredValue[];
}

/**
 * The entries that a document has in an index: each way to take one value of each term and value. Where all terms, or
 * all values, are null, it has none.
 */
export function tuplesOf(context: EvalContext, index: Index, version: Version): Tuple[] {
  const bindings = index.bindingsFor(version.ref.collection);
  if (!bindings) return [];
  const compute = new Computed(context, bindings, version);
  const alternatives = (sources: readonly TermSource[]) =>
    combinations(sources.map((source) => compute.valuesOf(source))).filter(
      (combination) => combination.length === 0 || combination.some((value) => value !== null),
    );
  const terms = alternatives(index.terms);
  const values = alternatives(index.values);
  return terms.flatMap((t) => values.map((v) => ({ terms: t, values: v })));
}

class Computed {
  readonly #context: EvalContext;
  readonly #bindings: Bindings;
  readonly #version: Version;

  constructor(context: EvalContext, bindings: Bindings, version: Version) {
    this.#context = context;
    this.#bindings = bindings;
    this.#version = version;
  }

  valuesOf(source: TermSource): StoredValue[] {
    const found = 'binding' in source.path ? this.#binding(source.path.binding, source.mva) : this.#path(source);
    return found.length === 0 ? [null] : found;
  }

  #path({ path, mva, casefold: folds }: TermSource): StoredValue[] {
    const value = valueAt(this.#context, this.#version, path as readonly (string | bigint)[], mva);
    if (!mva) {
      // The real server maps over what the path gives, and an array is the only thing it can map over.
      return folds ? [null] : [storable(this.#context, value ?? null)];
    }
    const flat: StoredValue[] = [];
    flatten(value === undefined ? [] : [value], (v) => flat.push(scalar(this.#context, v)));
    return folds ? foldAll(flat) : flat;
  }

  #binding(name: string, mva: boolean): StoredValue[] {
    const lambda = this.#bindings.get(name);
    if (!lambda) return [];
    let value: Value;
    try {
      value = this.#context
        .with({ effectLimit: { effect: 'pure', reason: 'index bindings' }, validTime: undefined })
        .apply(lambda, this.#version, undefined);
    } catch (error) {
      // A document that a binding cannot be computed for is indexed without it.
      if (error instanceof Failure) return [];
      throw error;
    }
    if (Array.isArray(value)) {
      const flat: StoredValue[] = [];
      for (const element of value as readonly Value[]) {
        if (mva) flatten([element], (v) => flat.push(scalar(this.#context, v)));
        else flat.push(scalar(this.#context, element));
      }
      return flat;
    }
    return isScalar(value) ? [scalar(this.#context, value)] : [];
  }
}

function foldAll(values: readonly StoredValue[]): StoredValue[] {
  // One value that is no text makes the whole transformation fail.
  return values.every((v) => typeof v === 'string') ? values.map((v) => foldCase(v as string)) : [];
}

function flatten(values: readonly Value[], push: (value: Value) => void): void {
  for (const value of values) {
    if (Array.isArray(value)) flatten(value as readonly Value[], push);
    else push(value);
  }
}

/** A value as an index keeps it; what it cannot keep counts as null. */
function scalar(context: EvalContext, value: Value): StoredValue {
  return isScalar(value) ? storable(context, value) : null;
}

/** All ways to take one of each. */
function combinations(choices: readonly (readonly StoredValue[])[]): StoredValue[][] {
  let result: StoredValue[][] = [[]];
  for (const values of choices) result = result.flatMap((head) => values.map((value) => [...head, value]));
  return result;
}
