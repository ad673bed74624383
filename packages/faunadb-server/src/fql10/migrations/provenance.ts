// Where the fields of a collection were before its migrations, so that indexes are only built again where values change.
import type { FieldNames, Migration } from '../../model/migrations/migrations.js';

/** A path as an index has it: a number is a place in an array. */
export type IndexPath = readonly (string | number)[];

/** `undefined` stands for a changed field. */
type Origin = FieldNames | undefined;
type Tree = Map<string, { readonly origin: Origin } | Tree>;

const META = new Set(['id', 'ts', 'ttl', 'coll']);

export class Provenance {
  readonly #fields: Tree = new Map();
  /** The fields that a moved wildcard left in place, once there was one. */
  #unmoved: Set<string> | undefined;

  constructor(readonly migrations: readonly Migration[]) {
    for (const migration of migrations) {
      switch (migration.kind) {
        case 'add':
        case 'drop':
          this.#set(migration.path, undefined);
          break;
        case 'move':
          this.#set(migration.to, this.#originOf(migration.path));
          // Whoever adds the field again has other values in it.
          this.#set(migration.path, undefined);
          break;
        case 'split':
          this.#set(migration.path, undefined);
          this.#set(migration.to, undefined);
          break;
        case 'move_conflicts':
          this.#set(migration.into, undefined);
          break;
        case 'move_wildcard':
          this.#set(migration.into, undefined);
          this.#unmoved = new Set([...(this.#unmoved ?? []), ...migration.keep]);
      }
    }
  }

  /** The path that an index path had before; `undefined` if its values may have changed. */
  before(path: IndexPath): IndexPath | undefined {
    const [first, ...rest] = path;
    if (first === undefined || this.migrations.length === 0 || META.has(String(first))) return path;
    const isData = first === 'data';
    const names = isData ? rest : path;
    if (names.length === 0 || names.some((key) => typeof key === 'number')) return undefined;
    const origin = this.#originOf(names as FieldNames);
    if (origin === undefined || (this.#unmoved && !this.#unmoved.has(origin[0] as string))) return undefined;
    return isData ? ['data', ...origin] : origin;
  }

  #originOf(path: FieldNames): Origin {
    let at = this.#fields;
    for (const [i, name] of path.entries()) {
      const next = at.get(name);
      if (next === undefined) return path;
      if (!(next instanceof Map)) return next.origin && [...next.origin, ...path.slice(i + 1)];
      at = next;
    }
    // Some of what is inside has changed.
    return undefined;
  }

  #set(path: FieldNames, origin: Origin): void {
    let at = this.#fields;
    for (const name of path.slice(0, -1)) {
      const next = at.get(name);
      if (next !== undefined && !(next instanceof Map)) {
        at.set(name, { origin: undefined });
        return;
      }
      const inner: Tree = next ?? new Map();
      at.set(name, inner);
      at = inner;
    }
    at.set(path.at(-1) as string, { origin });
  }
}
