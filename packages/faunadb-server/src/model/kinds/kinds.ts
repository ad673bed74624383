import { NATIVE } from '../../values/ids.js';
import type { DocumentKind } from '../base/kind.js';
import { accessProviderKind } from './access-providers.js';
import { collectionKind } from './collections.js';
import { credentialsKind } from './credentials.js';
import { databaseKind } from './databases.js';
import { functionKind } from './functions.js';
import { indexKind } from './indexes.js';
import { keyKind } from './keys.js';
import { roleKind } from './roles.js';
import { tokenKind } from './tokens.js';
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

/** How the documents of a collection are checked, written and rendered. */
export function kindOf(collection: number): DocumentKind {
  // Looked up late, because kinds use each other and their modules load in any order.
  return kinds.get(collection)?.() ?? userDocumentKind;
}
