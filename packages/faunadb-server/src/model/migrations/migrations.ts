// How the documents of a collection change their shape. Migrations are stored with the collection and never rewrite its
// documents: each version is stored with the number of migrations that it has, and gets the others when it is read.
import { objectOf } from '../../values/objects.js';
import { ObjectValue, type Value } from '../../values/values.js';
import { type Test, testOf } from './types.js';

/** A path to a field, from the root of a document's `data`. */
export type FieldNames = readonly string[];

/** One step, as it is stored. `type`, `value` and the like are stored values; see `types.ts`. */
export type Migration =
  /** Adds a value unless there is one of the type; one of another type becomes a conflict. */
  | { readonly kind: 'add'; readonly path: FieldNames; readonly type: Value; readonly value: Value }
  | { readonly kind: 'drop'; readonly path: FieldNames }
  | { readonly kind: 'move'; readonly path: FieldNames; readonly to: FieldNames }
  /** Moves a value that has not the type; fills each field that is left empty. */
  | {
      readonly kind: 'split';
      readonly path: FieldNames;
      readonly to: FieldNames;
      readonly type: Value;
      readonly replacement: Value;
      readonly value: Value;
    }
  /** Moves the conflicts of earlier steps into an object. */
  | { readonly kind: 'move_conflicts'; readonly into: FieldNames }
  /** Moves all fields but some into an object. */
  | { readonly kind: 'move_wildcard'; readonly into: FieldNames; readonly keep: readonly string[] };

/** A document's data while it is migrated. */
interface State {
  data: ObjectValue;
  /** Values that an added field displaced, by path. */
  conflicts: ObjectValue;
}
type Step = (state: State) => void;

const NOTHING = new ObjectValue(new Map());

/** The migrations of a collection, the earliest first. */
export class Migrations {
  readonly #steps: readonly Step[];

  constructor(readonly list: readonly Migration[]) {
    this.#steps = list.map(stepOf);
  }

  get count(): number {
    return this.list.length;
  }

  /** Migrates a stored document that has the first `done` migrations. */
  migrate(document: ObjectValue, done: number): ObjectValue {
    if (done >= this.count) return document;
    const data = document.fields.get('data');
    const before = data instanceof ObjectValue ? data : NOTHING;
    const state: State = { data: before, conflicts: NOTHING };
    for (let i = done; i < this.#steps.length; i++) (this.#steps[i] as Step)(state);
    if (state.data === before) return document;
    return new ObjectValue(new Map(document.fields).set('data', state.data));
  }
}

/** A value at a path. */
function get(data: ObjectValue, path: FieldNames): Value | undefined {
  let at: Value | undefined = data;
  for (const name of path) {
    if (!(at instanceof ObjectValue)) return undefined;
    at = at.fields.get(name);
  }
  return at;
}

/** The data with a value at a path. Objects on the way are added; what is none is replaced. */
function put(data: ObjectValue, [name, ...rest]: FieldNames, value: Value): ObjectValue {
  if (name === undefined) return data;
  const fields = new Map(data.fields);
  const inner = fields.get(name);
  fields.set(name, rest.length === 0 ? value : put(inner instanceof ObjectValue ? inner : NOTHING, rest, value));
  return new ObjectValue(fields);
}

/** The data without the value at a path. */
function without(data: ObjectValue, [name, ...rest]: FieldNames): ObjectValue {
  const inner = name === undefined ? undefined : data.fields.get(name);
  if (name === undefined || inner === undefined) return data;
  const fields = new Map(data.fields);
  if (rest.length === 0) fields.delete(name);
  else if (inner instanceof ObjectValue) fields.set(name, without(inner, rest));
  else return data;
  return new ObjectValue(fields);
}

/** A name that an object does not have yet. */
function freeName(data: ObjectValue, path: FieldNames): FieldNames {
  let free = path;
  while (get(data, free) !== undefined) free = [...free.slice(0, -1), `_${free.at(-1)}`];
  return free;
}

/** Puts a value at a path. A value that is there already, which only a wildcard allows, is kept under another name. */
function move(data: ObjectValue, to: FieldNames, value: Value): ObjectValue {
  const there = get(data, to);
  return put(there === undefined ? data : put(data, freeName(data, to), there), to, value);
}

function stepOf(migration: Migration): Step {
  switch (migration.kind) {
    case 'add':
      return addStep(migration, testOf(migration.type));
    case 'drop':
      return (state) => {
        state.data = without(state.data, migration.path);
      };
    case 'move': {
      const { path, to } = migration;
      return (state) => {
        const value = get(state.data, path);
        if (value !== undefined) state.data = move(without(state.data, path), to, value);
      };
    }
    case 'split':
      return splitStep(migration, testOf(migration.type));
    case 'move_conflicts':
      return (state) => {
        for (const [name, value] of state.conflicts.fields) {
          state.data = put(
            state.data,
            freeName(asObject(state.data, migration.into), [...migration.into, name]),
            value,
          );
        }
        state.conflicts = NOTHING;
      };
    case 'move_wildcard':
      return wildcardStep(migration);
  }
}

/** The data with an object at a path; a value that is none is kept inside of it. */
function asObject(data: ObjectValue, path: FieldNames): ObjectValue {
  const there = get(data, path);
  if (there instanceof ObjectValue) return data;
  return put(data, path, there === undefined || there === null ? NOTHING : objectOf({ [path.at(-1) ?? '']: there }));
}

function addStep({ path, value }: Migration & { kind: 'add' }, isOfType: Test): Step {
  return (state) => {
    let { data } = state;
    for (let i = 1; i < path.length; i++) {
      const parent = path.slice(0, i);
      if (get(data, parent) === undefined) data = put(data, parent, NOTHING);
    }
    const before = get(data, path);
    if (before === undefined || !isOfType(before)) {
      if (before !== undefined) {
        data = without(data, path);
        state.conflicts = put(state.conflicts, path, before);
      }
      if (value !== null) data = put(data, path, value);
    }
    state.data = data;
  };
}

function splitStep({ path, to, replacement, value }: Migration & { kind: 'split' }, isOfType: Test): Step {
  return (state) => {
    const before = get(state.data, path) ?? null;
    let { data } = state;
    if (before !== null && isOfType(before)) {
      if (value !== null) data = move(data, to, value);
    } else {
      if (before !== null) data = without(data, path);
      if (replacement !== null) data = put(data, path, replacement);
      const spilled = before ?? value;
      if (spilled !== null) data = move(data, to, spilled);
    }
    state.data = data;
  };
}

/** Names with fewer leading underscores come first, so that the result does not depend on the order of the fields. */
const underscores = (name: string): number => (/^_*/.exec(name) as RegExpExecArray)[0].length;

function wildcardStep({ into, keep }: Migration & { kind: 'move_wildcard' }): Step {
  const kept = new Set([...keep, into[0]]);
  return (state) => {
    const extra = [...state.data.fields].filter(([name]) => !kept.has(name));
    if (extra.length === 0) return;
    const there = get(state.data, into);
    const taken = new Set(there instanceof ObjectValue ? there.fields.keys() : []);
    const renamed = new Map<string, string>();
    for (const [name] of [...extra].sort(([a], [b]) => underscores(a) - underscores(b))) {
      let free = name;
      while (taken.has(free)) free = `_${free}`;
      taken.add(free);
      renamed.set(name, free);
    }
    let data = state.data;
    for (const [name] of extra) data = without(data, [name]);
    data = asObject(data, into);
    for (const [name, value] of extra) data = put(data, [...into, renamed.get(name) as string], value);
    state.data = data;
  };
}

/** The migrations as they are stored with the collection. */
export function storedMigrations(list: readonly Migration[]): readonly Value[] {
  return list.map((migration) => objectOf(migration as unknown as Readonly<Record<string, Value>>));
}

const namesOf = (value: Value | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Value[]).filter((name) => typeof name === 'string') : [];

/** Reads what {@link storedMigrations} has written. */
export function readMigrations(stored: Value | undefined): Migrations | undefined {
  if (!Array.isArray(stored) || stored.length === 0) return undefined;
  return new Migrations((stored as readonly ObjectValue[]).map(readMigration));
}

function readMigration({ fields }: ObjectValue): Migration {
  const kind = fields.get('kind') as Migration['kind'];
  const path = namesOf(fields.get('path'));
  const into = namesOf(fields.get('into'));
  const to = namesOf(fields.get('to'));
  const type = fields.get('type') ?? 'Any';
  const value = fields.get('value') ?? null;
  switch (kind) {
    case 'add':
      return { kind, path, type, value };
    case 'drop':
      return { kind, path };
    case 'move':
      return { kind, path, to };
    case 'split':
      return { kind, path, to, type, replacement: fields.get('replacement') ?? null, value };
    case 'move_conflicts':
      return { kind, into };
    case 'move_wildcard':
      return { kind, into, keep: namesOf(fields.get('keep')) };
  }
}
