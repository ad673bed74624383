/**
 * The lines of an export, each the JSON of `{ "kind": …, "resource": … }`: a document as FaunaDB shows it, in the order in
 * which an import can take them in. Credentials, keys and tokens are not among them: nobody can read their secrets.
 */
export interface Kind {
  readonly name: 'collection' | 'function' | 'index' | 'role' | 'access_provider';
  /** The set of all of them, in its wire form. */
  readonly set: string;
  /** The form that makes one. */
  readonly create: string;
  /** Fields that are shown but cannot be given. */
  readonly hidden: readonly string[];
}

export const SCHEMA: readonly Kind[] = [
  { name: 'collection', set: '{"collections":null}', create: 'create_collection', hidden: [] },
  { name: 'index', set: '{"indexes":null}', create: 'create_index', hidden: ['active', 'partitions'] },
  { name: 'function', set: '{"functions":null}', create: 'create_function', hidden: [] },
  { name: 'role', set: '{"roles":null}', create: 'create_role', hidden: [] },
  { name: 'access_provider', set: '{"access_providers":null}', create: 'create_access_provider', hidden: ['audience'] },
];
