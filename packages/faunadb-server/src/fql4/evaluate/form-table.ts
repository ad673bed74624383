import type { ApiVersion } from '../../values/api-version.js';
import type { Form } from '../evaluate/form.js';
import { isAvailable } from '../wire/language-version.js';

/** The functions of the language by their keys, in any order. */
export class FormTable {
  readonly #byKeys = new Map<string, Form>();

  constructor(forms: Iterable<Form>, version: ApiVersion) {
    for (const form of forms) {
      if (!isAvailable(form, version)) continue;
      for (const keys of combinations(form)) {
        const joined = joinKeys(keys);
        if (this.#byKeys.has(joined)) throw new Error(`two functions are written { ${keys.join(', ')} }`);
        this.#byKeys.set(joined, form);
      }
    }
  }

  /** @param keys joined by `joinKeys`. */
  get(keys: string): Form | undefined {
    return this.#byKeys.get(keys);
  }

  /** All functions. */
  get forms(): ReadonlySet<Form> {
    return new Set(this.#byKeys.values());
  }
}

/** A string that identifies a set of keys. */
export function joinKeys(keys: readonly string[]): string {
  if (keys.length === 1) return keys[0]!;
  if (keys.length === 2) return keys[0]! < keys[1]! ? `${keys[0]}\0${keys[1]}` : `${keys[1]}\0${keys[0]}`;
  return [...keys].sort().join('\0');
}

/** All key sets of a form: the required keys with any of the optional ones. */
function combinations(form: Form): string[][] {
  let sets: string[][] = [[]];
  for (const [name, { optional }] of form.parameters) {
    const withIt = sets.map((keys) => [...keys, name]);
    sets = optional ? [...sets, ...withIt] : withIt;
  }
  return sets;
}
