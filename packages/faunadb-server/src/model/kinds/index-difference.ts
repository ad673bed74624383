import { objectOf } from '../../values/objects.js';

import { Lambda, ObjectValue, Ref, type Value } from '../../values/values.js';

/** Formats a change of an index as in the error that refuses it. */
export function describeDifference(change: ObjectValue): string {
  return `Diff(${describe(change)})`;
}

function describe(value: Value): string {
  if (value instanceof ObjectValue) {
    const fields = [...value.fields].map(([name, field]) => `${JSON.stringify(name)} : ${describe(field)}`);
    return `{ ${fields.join(', ')} }`;
  }
  if (Array.isArray(value)) return `[ ${(value as readonly Value[]).map(describe).join(', ')} ]`;
  if (value instanceof Ref) return `DocID(${value.id},C${value.collection})`;
  if (value instanceof Lambda) {
    const { api_version: version, ...expression } = Object.fromEntries(value.literal().fields);
    return `QueryV(${version},${describe(objectOf(expression as Record<string, Value>))})`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
