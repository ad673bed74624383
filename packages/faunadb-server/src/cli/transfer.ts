import type { Remote } from './remote.js';

/**
 * A line of an export is the JSON of `{ "kind": …, "resource": … }`: a document as FaunaDB shows it, in an order that
 * an import can follow. The schema of FQL v10 is lines of the form `{ "kind": "schema_file", "name": …, "text": … }`.
 * Credentials, keys and tokens are left out, because their secrets cannot be read.
 */
export interface SchemaKind {
  readonly name: 'collection' | 'function' | 'index' | 'role' | 'access_provider';
  /** The set of all documents of this kind, in its wire form. */
  readonly set: string;
  /** The form that creates one. */
  readonly create: string;
  /** Fields that FaunaDB shows but does not accept. */
  readonly hidden: readonly string[];
}

export const SCHEMA: readonly SchemaKind[] = [
  { name: 'collection', set: '{"collections":null}', create: 'create_collection', hidden: [] },
  {
    name: 'index',
    set: '{"indexes":null}',
    create: 'create_index',
    hidden: ['active', 'partitions', 'build_error', 'unindexed'],
  },
  { name: 'function', set: '{"functions":null}', create: 'create_function', hidden: [] },
  { name: 'role', set: '{"roles":null}', create: 'create_role', hidden: [] },
  { name: 'access_provider', set: '{"access_providers":null}', create: 'create_access_provider', hidden: ['audience'] },
];

/** @throws {Error} if a schema is staged in the database */
export async function refuseStaged(remote: Remote, because: string): Promise<void> {
  if (await remote.isStaged())
    throw new Error(`A schema is staged in this database: commit or abandon it first, because ${because}.`);
}
