// Functions in FQL v10 where the model wants lambdas: bodies of user-defined functions, predicates of roles, and the computed
// fields that indexes are made of.
import type { StoredValue } from '../../storage/data.js';
import { ObjectValue } from '../../values/values.js';

/** What is stored of one. */
export interface StoredSource {
  readonly body: string;
  /** How errors call the text. */
  readonly name: string;
  /** What of its result is meant. */
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
