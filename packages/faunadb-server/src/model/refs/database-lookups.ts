import { NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { Databases, Versions } from '../base/databases.js';
import type { Keyspace } from '../base/keyspace.js';
import type { DatabaseSchema } from '../base/schema-objects.js';

const SCOPE = 'scope';
const GLOBAL = 'global';

/** The properties of the database with this internal id; `undefined` if it does not exist (any more). */
export function databaseOfScope(keys: Keyspace, versions: Versions, scope: number): DatabaseSchema | undefined {
  const at = keys.lookup(SCOPE, scopeBytes(scope));
  if (!at) return undefined;
  const parent = at.readUInt32BE();
  const id = at.readBigInt64BE(4);
  const version = versions.latest(new Ref(parent, NATIVE.databases, id));
  if (!version || version.deleted) return undefined;
  const { fields } = version.data;
  const isProtected = fields.get('protected');
  const isTypechecked = fields.get('typechecked');
  return {
    scope,
    parent,
    id,
    name: fields.get('name') as string,
    globalId: fields.get('global_id') as string,
    container: fields.get('container') === true,
    protected: typeof isProtected === 'boolean' ? isProtected : undefined,
    typechecked: typeof isTypechecked === 'boolean' ? isTypechecked : undefined,
  };
}

/** The internal id of a database, by its document. */
export function scopeOfDatabase(view: Databases, ref: Ref): number | undefined {
  const version = view.documents.latest(ref);
  if (!version || version.deleted) return undefined;
  return Number(version.data.fields.get('scope') as bigint);
}

/** The internal id of a database, by the `global_id` that clients see. */
export function scopeOfGlobalId(view: Databases, globalId: string): number | undefined {
  return view.keys.lookup(GLOBAL, Buffer.from(globalId))?.readUInt32BE();
}

/** Records the document of a database; without `document`, removes the record. */
export function setDatabaseLookups(view: Databases, scope: number, globalId: string, document: Ref | undefined): void {
  let at: Buffer | undefined;
  if (document) {
    at = Buffer.allocUnsafe(12);
    at.writeUInt32BE(document.scope);
    at.writeBigInt64BE(document.id, 4);
  }
  view.keys.setLookup(SCOPE, scopeBytes(scope), at);
  view.keys.setLookup(GLOBAL, Buffer.from(globalId), document && scopeBytes(scope));
}

function scopeBytes(scope: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(scope);
  return bytes;
}
