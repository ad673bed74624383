/** Names that are not data fields unless they are written under `data`. */
export const RESERVED_FIELDS = [
  'id',
  'coll',
  'ts',
  'data',
  'delete',
  'update',
  'replace',
  'updateData',
  'replaceData',
  'exists',
];

/** Names that a collection cannot give to its own fields. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([...RESERVED_FIELDS, 'ttl']);
