import { Bytes, Lambda, ObjectValue, type Value } from './values.js';

const EMPTY = new ObjectValue(new Map());

/** Makes an object of fields; those that are `undefined` are left out. */
export function objectOf(fields: Readonly<Record<string, Value | undefined>>): ObjectValue {
  return new ObjectValue(new Map(Object.entries(fields).filter((f): f is [string, Value] => f[1] !== undefined)));
}

/** Merges the fields of `change` into `current`, recursively. A field that is null in `change` is removed. */
export function patch(current: ObjectValue, change: ObjectValue): ObjectValue {
  const fields = new Map(current.fields);
  for (const [name, value] of change.fields) {
    if (value === null) fields.delete(name);
    else if (value instanceof ObjectValue) {
      const before = fields.get(name);
      fields.set(name, patch(before instanceof ObjectValue ? before : EMPTY, value));
    } else fields.set(name, withoutNulls(value));
  }
  return new ObjectValue(fields);
}

/** The change that `patch` needs to turn `before` into `after`: null for removed fields. */
export function difference(before: ObjectValue, after: ObjectValue): ObjectValue {
  const fields = new Map<string, Value>();
  for (const name of before.fields.keys()) if (!after.fields.has(name)) fields.set(name, null);
  for (const [name, value] of after.fields) {
    const previous = before.fields.get(name);
    if (previous !== undefined && sameStored(previous, value)) continue;
    if (previous instanceof ObjectValue && value instanceof ObjectValue) fields.set(name, difference(previous, value));
    else fields.set(name, value);
  }
  return new ObjectValue(fields);
}

/** Whether two values are equal, ignoring the order of objects' fields. */
export function sameStored(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => sameStored(element, b[i]));
  }
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof ObjectValue && b instanceof ObjectValue) {
    return (
      a.fields.size === b.fields.size &&
      [...a.fields].every(([name, value]) => {
        const other = b.fields.get(name);
        return other !== undefined && sameStored(value, other);
      })
    );
  }
  if (a instanceof Lambda && b instanceof Lambda) return sameStored(a.literal(), b.literal());
  if (a instanceof Bytes && b instanceof Bytes) return Buffer.compare(a.bytes, b.bytes) === 0;
  return Object.entries(a).every(([key, value]) => Object.is(value, (b as unknown as Record<string, unknown>)[key]));
}

/** Returns an object with only the fields of these names. */
export function pick({ fields }: ObjectValue, names: readonly string[]): ObjectValue {
  return new ObjectValue(new Map([...fields].filter(([name]) => names.includes(name))));
}

/** Returns an object without the fields of these names. */
export function omit(object: ObjectValue, names: readonly string[]): ObjectValue {
  if (!names.some((name) => object.fields.has(name))) return object;
  return new ObjectValue(new Map([...object.fields].filter(([name]) => !names.includes(name))));
}

/** Returns the object with one field set, or removed if `value` is undefined. */
export function withField({ fields }: ObjectValue, name: string, value: Value | undefined): ObjectValue {
  const changed = new Map(fields);
  if (value === undefined) changed.delete(name);
  else changed.set(name, value);
  return new ObjectValue(changed);
}

/** Stored values have no nulls, neither as fields nor as elements. */
function withoutNulls(value: Value): Value {
  if (value instanceof ObjectValue) return patch(EMPTY, value);
  if (Array.isArray(value)) return value.filter((element) => element !== null).map(withoutNulls);
  return value;
}
