import { NATIVE } from '../../values/ids.js';
import { objectOf, withField } from '../../values/objects.js';
import {
  Action,
  Cursor,
  DocumentEvent,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue,
  TransactionTime,
  type Value,
  Version,
} from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { describeRef } from '../refs/refs.js';

export type Path = readonly (string | bigint)[];

/** Returns the value at a path, or `undefined`. With `all`, arrays along the path are expanded and flattened. */
export function valueAt(context: ModelContext, container: Value, path: Path, all: boolean): Value | undefined {
  if (container instanceof Cursor) return valueAt(context, container.position as Value, path, all);
  if (path.length === 0) return all && Array.isArray(container) ? flatten(context, container, path) : container;
  if (Array.isArray(container)) {
    const [step] = path;
    if (typeof step === 'bigint') return descend(context, element(container, step), path, all);
    return all ? flatten(context, container, path) : undefined;
  }
  const [step, ...rest] = path as [string | bigint, ...Path];
  if (container instanceof Page) {
    if (typeof step === 'bigint') return descend(context, element(container.elements, step), path, all);
    if (step === 'data') return valueAt(context, container.elements, rest, all);
    if (step === 'before') return descend(context, container.before, path, all);
    if (step === 'after') return descend(context, container.after, path, all);
    return undefined;
  }
  if (typeof step !== 'string') return undefined;
  if (container instanceof ObjectValue) return descend(context, container.fields.get(step), path, all);
  if (container instanceof Ref) return fieldOfRef(context, container, step, rest, all);
  if (container instanceof Version) {
    return descend(context, fieldOfVersion(container, step), pathOfVersion(container, path), all);
  }
  if (container instanceof DocumentEvent || container instanceof SetEvent) {
    return descend(context, fieldOfEvent(container, step), path, all);
  }
  if (container instanceof SetValue && step === '@set') {
    return rest.length === 0 ? container : valueAt(context, selectableParts(container), rest, all);
  }
  return undefined;
}

/** The kinds of sets with selectable parts, by the part that identifies them. */
const SELECTABLE = ['match', 'union', 'intersection', 'difference', 'distinct', 'join'];

function selectableParts(set: SetValue): Value {
  const parts = set.parts();
  if (parts instanceof Ref) return parts;
  if (!SELECTABLE.some((name) => parts.fields.has(name))) return null;
  return parts.fields.has('match') && !parts.fields.has('terms') ? withField(parts, 'terms', []) : parts;
}

function element(elements: readonly Value[], index: bigint): Value | undefined {
  // The real server truncates an index to 32 bits.
  const i = Number(BigInt.asIntN(32, index));
  return i < 0 ? undefined : elements[i];
}

function descend(context: ModelContext, value: Value | undefined, path: Path, all: boolean): Value | undefined {
  return value === undefined ? undefined : valueAt(context, value, path.slice(1), all);
}

function flatten(context: ModelContext, elements: readonly Value[], path: Path): Value | undefined {
  const found: Value[] = [];
  for (const e of elements) {
    context.budget.visit();
    const value = valueAt(context, e, path, true);
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const inner of value as Value[]) found.push(inner);
    else found.push(value);
  }
  return found;
}

function fieldOfRef(context: ModelContext, ref: Ref, step: string, rest: Path, all: boolean): Value | undefined {
  if (step === 'collection' || step === 'class') {
    return valueAt(context, new Ref(ref.scope, NATIVE.collections, BigInt(ref.collection)), rest, all);
  }
  const described = describeRef(context.model, ref, context.auth.scope);
  if (step === 'id') return rest.length === 0 ? described?.id : undefined;
  if (step === 'database' && ref.scope !== context.auth.scope) {
    const database = context.model.databaseOf(ref.scope);
    return database === undefined ? undefined : valueAt(context, database, rest, all);
  }
  return undefined;
}

/** The time of a change in µs; the transaction's own time while it is not committed. */
export function changeTime(ts: bigint | undefined): Value {
  return ts ?? new TransactionTime();
}

/** The source of an index is selected as `class`, whatever its name; it is found only if it was given as `class`. */
function pathOfVersion({ ref }: Version, path: Path): Path {
  if (ref.collection !== NATIVE.indexes || path[0] !== 'source') return path;
  const place = typeof path[1] === 'bigint' ? 2 : 1;
  return path[place] === 'collection' ? path.with(place, 'class') : path;
}

function fieldOfVersion(version: Version, step: string): Value | undefined {
  if (step === 'ref') return version.ref;
  if (step === 'class') return new Ref(version.ref.scope, NATIVE.collections, BigInt(version.ref.collection));
  if (step === 'ts') return changeTime(version.ts);
  return version.data.fields.get(step);
}

function fieldOfEvent(event: DocumentEvent | SetEvent, step: string): Value | undefined {
  switch (step) {
    case 'ts':
      return changeTime(event.ts);
    case 'action':
      return new Action(event.action);
    case 'resource':
    case 'instance':
    case 'document':
      return event.ref;
  }
  if (event instanceof SetEvent) {
    if (step !== 'data') return undefined;
    return event.values.length === 1 ? event.values[0] : event.values;
  }
  return event.data?.fields.get(step);
}

/** A document's fields as an object, for `merge` and `to_array`. */
export function versionFields(version: Version): ObjectValue {
  return new ObjectValue(
    new Map([
      ['ref', version.ref as Value],
      ['ts', changeTime(version.ts)],
      ...(version.action === 'delete' ? [['action', 'delete'] as const] : []),
      ...version.data.fields,
    ]),
  );
}

/** An event's fields as an object. */
export function eventFields(event: DocumentEvent | SetEvent): ObjectValue {
  const data = event instanceof SetEvent ? (event.values.length > 0 ? event.values : undefined) : (event.data ?? null);
  return objectOf({ ts: changeTime(event.ts), action: event.action, document: event.ref, data });
}
