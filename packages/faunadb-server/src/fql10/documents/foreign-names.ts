// References by name: when a document is renamed, the documents that refer to it are updated.
import { StoredVersion } from '../../model/base/stored-version.js';
import type { StoredValue } from '../../storage/data.js';
import { NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';

/** A field with the name of another document, possibly inside lists and objects. */
interface Place {
  readonly collection: number;
  readonly path: readonly string[];
}

const resources: readonly Place[] = [
  { collection: NATIVE.roles, path: ['privileges', 'resource'] },
  { collection: NATIVE.roles, path: ['membership', 'resource'] },
];

/** Where documents of a collection are referred to by name. */
const PLACES: ReadonlyMap<number, readonly Place[]> = new Map([
  [NATIVE.collections, resources],
  [NATIVE.functions, resources],
  [
    NATIVE.roles,
    [
      { collection: NATIVE.functions, path: ['role'] },
      { collection: NATIVE.access_providers, path: ['roles'] },
      { collection: NATIVE.access_providers, path: ['roles', 'role'] },
      { collection: NATIVE.keys, path: ['role'] },
    ],
  ],
]);

function replaced(
  value: StoredValue | undefined,
  path: readonly string[],
  from: string,
  to: string,
): StoredValue | undefined {
  if (Array.isArray(value)) {
    const elements = (value as readonly StoredValue[]).map((each) => replaced(each, path, from, to) as StoredValue);
    return elements.some((each, i) => each !== (value as readonly StoredValue[])[i]) ? elements : value;
  }
  const [key, ...rest] = path;
  if (key === undefined) return value === from ? to : value;
  if (!(value instanceof ObjectValue)) return value;
  const before = value.fields.get(key) as StoredValue | undefined;
  const after = replaced(before, rest, from, to);
  return after === before ? value : withField(value, key, after);
}

/** Renames a document in the documents that refer to it. */
export function renameElsewhere({ host }: Context, ref: Ref, from: string, to: string): void {
  for (const { collection, path } of PLACES.get(ref.collection) ?? []) {
    for (const [other, { deleted }] of [...host.model.documents.scan(ref.scope, collection)]) {
      const version = deleted ? undefined : host.model.documents.read(other);
      if (!version) continue;
      const data = replaced(version.data, path, from, to) as ObjectValue;
      if (data === version.data) continue;
      if (collection !== NATIVE.keys) host.model.changeSchema(ref.scope, collection, other.id, []);
      host.model.documents.append(host, other, StoredVersion.live(host.model.keys.writeTime, data));
    }
  }
}

/** A document that refers to another: its kind, and its name or id. */
export interface Naming {
  readonly kind: 'function' | 'key';
  readonly name: string;
}

/** A function or a key that refers to a role. */
export function namingRole({ host }: Context, scope: number, role: string): Naming[] {
  const found: Naming[] = [];
  for (const [collection, kind] of [
    [NATIVE.functions, 'function'],
    [NATIVE.keys, 'key'],
  ] as const) {
    for (const [other] of host.model.documents.scan(scope, collection)) {
      const data = host.model.documents.read(new Ref(scope, collection, other.id))?.data;
      if (data?.fields.get('role') !== role) continue;
      found.push({ kind, name: kind === 'function' ? String(data.fields.get('name')) : String(other.id) });
      break;
    }
  }
  return found;
}
