import type { Budget } from './budget.js';
import {
  Action,
  Bytes,
  Cursor,
  DateValue,
  DocumentEvent,
  Lambda,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue,
  Time,
  TransactionTime,
  UnresolvedRef,
  Uuid,
  type Value,
  Version,
} from './values.js';

/** Whether two values are one, as `equals` sees it: an integer equals the double nearest to it, and NaN equals itself. */
export function valuesEqual(a: Value, b: Value, budget: Budget): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b);
  if (typeof a === 'bigint' && typeof b === 'number') return Object.is(Number(a), b);
  if (typeof a === 'number' && typeof b === 'bigint') return Object.is(a, Number(b));
  return sameValue(a, b, budget);
}

/**
 * Whether two values are the same within others: there, an integer is no double, NaN is not itself, and -0 is 0.
 *
 * @param budget of the query, where it is not sure that the values are small.
 */
export function sameValue(a: Value, b: Value, budget?: Budget): boolean {
  if (a === b) return true;
  if (a instanceof Action) return isNamed(a, b);
  if (b instanceof Action) return isNamed(b, a);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  budget?.visit();
  if (Array.isArray(a)) return Array.isArray(b) && sameElements(a as readonly Value[], b as readonly Value[], budget);
  if (a instanceof ObjectValue) return b instanceof ObjectValue && sameFields(a, b, budget);
  if (a instanceof Ref) {
    return b instanceof Ref && a.scope === b.scope && a.collection === b.collection && a.id === b.id;
  }
  if (a instanceof UnresolvedRef) return b instanceof UnresolvedRef && sameUnresolved(a, b);
  if (a instanceof Time) return b instanceof Time && a.nanos === b.nanos;
  if (a instanceof DateValue) return b instanceof DateValue && a.day === b.day;
  if (a instanceof Bytes) return b instanceof Bytes && Buffer.compare(a.bytes, b.bytes) === 0;
  if (a instanceof Uuid) return b instanceof Uuid && a.text === b.text;
  if (a instanceof TransactionTime) return b instanceof TransactionTime;
  if (a instanceof Lambda) return b instanceof Lambda && a.isSame(b);
  if (a instanceof SetValue) return b instanceof SetValue && sameValue(a.parts(), b.parts());
  if (a instanceof Page) {
    return (
      b instanceof Page &&
      sameElements(a.elements, b.elements, budget) &&
      sameElements(a.unmapped, b.unmapped, budget) &&
      sameMaybe(a.before, b.before) &&
      sameMaybe(a.after, b.after)
    );
  }
  if (a instanceof Version) {
    return b instanceof Version && sameVersion(a, b);
  }
  if (a instanceof DocumentEvent) {
    return b instanceof DocumentEvent && sameValue(a.ref, b.ref) && a.ts === b.ts && a.action === b.action;
  }
  if (a instanceof SetEvent) {
    return (
      b instanceof SetEvent &&
      sameValue(a.ref, b.ref) &&
      a.ts === b.ts &&
      a.action === b.action &&
      sameElements(a.values, b.values)
    );
  }
  if (a instanceof Cursor) return b instanceof Cursor && sameValue(a.position as Value, b.position as Value);
  return false;
}

/** An action is the string of its name; what is added has been created, too, and what is removed deleted. */
function isNamed({ name }: Action, other: Value): boolean {
  if (other instanceof Action) return other.name === name;
  return other === name || (name === 'add' && other === 'create') || (name === 'remove' && other === 'delete');
}

/** What `create` gives is not what it made, as long as that is read in the same query. */
function sameVersion(a: Version, b: Version): boolean {
  return (
    sameValue(a.ref, b.ref) &&
    a.ts === b.ts &&
    a.isNew === b.isNew &&
    (a.action === 'delete') === (b.action === 'delete') &&
    sameValue(a.data, b.data)
  );
}

function sameElements(a: readonly Value[], b: readonly Value[], budget?: Budget): boolean {
  if (a.length !== b.length) return false;
  budget?.work(a.length);
  return a.every((element, i) => sameValue(element, b[i] as Value, budget));
}

function sameFields({ fields: a }: ObjectValue, { fields: b }: ObjectValue, budget?: Budget): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !sameValue(value, other, budget)) return false;
  }
  return true;
}

/** Whether two refs to nothing are written alike. */
export function sameUnresolved(a: UnresolvedRef | undefined, b: UnresolvedRef | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.id === b.id && sameUnresolved(a.collection, b.collection) && sameUnresolved(a.database, b.database);
}

function sameMaybe(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameValue(a, b);
}
