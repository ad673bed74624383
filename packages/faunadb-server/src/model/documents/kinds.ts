import { NATIVE } from '../../values/ids.js';
import { accessProviderKind } from '../auth/kinds/access-providers.js';
import { credentialsKind } from '../auth/kinds/credentials.js';
import { keyKind } from '../auth/kinds/keys.js';
import { roleKind } from '../auth/kinds/roles.js';
import { tokenKind } from '../auth/kinds/tokens.js';
import { collectionKind } from '../schema/kinds/collections.js';
import { databaseKind } from '../schema/kinds/databases.js';
import { functionKind } from '../schema/kinds/functions.js';
import { indexKind } from '../schema/kinds/indexes.js';
import type { DocumentKind } from './kind.js';
import { userDocumentKind } from './user-document.js';

const kinds = new Map<number, () => DocumentKind>([
  [NATIVE.databases, () => databaseKind],
  [NATIVE.collections, () => collectionKind],
  [NATIVE.keys, () => keyKind],
  [NATIVE.tokens, () => tokenKind],
  [NATIVE.indexes, () => indexKind],
  [NATIVE.credentials, () => credentialsKind],
  [NATIVE.functions, () => functionKind],
  [NATIVE.roles, () => roleKind],
  [NATIVE.access_providers, () => accessProviderKind],
]);

/** How the documents of a collection are checked, written and shown. */
export function kindOf(collection: number): DocumentKind {
  // Looked up late: kinds use each other, and their modules are loaded in whatever order.
  return kinds.get(collection)?.() ?? userDocumentKind;
}
