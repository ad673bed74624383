// FQL v10 functions where the model expects lambdas: bodies of user-defined functions, predicates of roles, and computed
// fields in indexes.
import type { StoredValue } from '../../storage/data.js';
import { ObjectValue } from '../../values/values.js';

/** The stored form of one. */
export interface StoredSource {
  readonly body: string;
  /** The name of the text in errors. */
  readonly name: string;
  /** Which part of its result is used. */
  readonly path?: readonly (string | number)[];
}

export function storedSource({ body, name, path = [] }: StoredSource): ObjectValue {
  const fields = new Map<string, StoredValue>([
    ['api_version', '10'],
    ['body', body],
    ['name', name],
  ]);
  if (path.length > 0)
    fields.set(
      'path',
      path.map((key) => (typeof key === 'number' ? BigInt(key) : key)),
    );
  return new ObjectValue(fields);
}

export function readSource({ fields }: ObjectValue): StoredSource {
  const path = fields.get('path');
  return {
    body: String(fields.get('body')),
    name: String(fields.get('name')),
    path: Array.isArray(path) ? path.map((key) => (typeof key === 'bigint' ? Number(key) : (key as string))) : [],
  };
}
