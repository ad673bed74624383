// Names that are reserved in documents and schemas.

const SPECIAL_FIELDS = ['id', 'ts', 'coll', 'ttl', 'data'];
const DOCUMENT_MEMBERS = ['exists', 'update', 'replace', 'delete', 'updateData', 'replaceData', '==', '!='];
const COLLECTION_MEMBERS = [
  'createAll',
  'all',
  'where',
  'firstWhere',
  'create',
  'createData',
  'definition',
  'toString',
  'byId',
];
const RESERVED = {
  document: new Set([...SPECIAL_FIELDS, ...DOCUMENT_MEMBERS]),
  collection: new Set(COLLECTION_MEMBERS),
};

/** Whether documents, or collections, already have a member with this name. */
export const isReservedMember = (kind: keyof typeof RESERVED, name: string): boolean => RESERVED[kind].has(name);
