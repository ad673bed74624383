// The native collections as modules, which create and find schema documents and secrets.
import { isBcryptHash } from '../../model/auth/bcrypt.js';
import { passwordMatches } from '../../model/auth/passwords.js';
import { credentialsOf } from '../../model/refs/credentials-lookup.js';
import { tokensOf } from '../../model/refs/token-lookup.js';
import { NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import { NativeCollection } from '../documents/native-collection.js';
import { idOf, NATIVE_HOOKS } from '../documents/native-hooks.js';
import { createDocument } from '../documents/write.js';
import type { Context } from '../evaluate/context.js';
import { find } from '../evaluate/documents.js';
import { errors, type Frame, nullFailure } from '../evaluate/failures.js';
import { types } from '../evaluate/members.js';
import { Doc, FunctionValue, NO_ID, Struct, type Time, type Value } from '../evaluate/values.js';
import { userFunction } from '../functions/user-function.js';
import { DocumentListSet } from '../sets/document-list.js';
import { base, LibraryModule } from './base.js';
import {
  addCollectionMembers,
  addDocumentMembers,
  addIdMembers,
  addNameMembers,
  CollectionModule,
  DocumentTable,
  nativeDocumentTable,
  unknownName,
} from './collections.js';

class NativeModule extends CollectionModule {
  constructor(id: number, name: string, isNamed: boolean) {
    super(name, new NativeCollection(id, name, isNamed, NATIVE_HOOKS.get(id) ?? {}, () => this));
    addCollectionMembers(this.table, this);
    if (isNamed) addNameMembers(this.table, this);
    else addIdMembers(this.table, this);
  }

  override idOf(context: Context, name: string): bigint | undefined {
    return context.host.model.committedSchema(context.host.auth.scope).written.idOf(this.id, name);
  }
}

class FunctionModule extends NativeModule {
  override contains(value: Value): boolean {
    return value instanceof FunctionValue || super.contains(value);
  }
}

export const collectionModule = new NativeModule(NATIVE.collections, 'Collection', true);
export const functionModule = new FunctionModule(NATIVE.functions, 'Function', true);
const roleModule = new NativeModule(NATIVE.roles, 'Role', true);
const accessProviderModule = new NativeModule(NATIVE.access_providers, 'AccessProvider', true);
const databaseModule = new NativeModule(NATIVE.databases, 'Database', true);
const keyModule = new NativeModule(NATIVE.keys, 'Key', false);
export const tokenModule = new NativeModule(NATIVE.tokens, 'Token', false);
const credentialModule = new NativeModule(NATIVE.credentials, 'Credential', false);

export const nativeModules: readonly CollectionModule[] = [
  collectionModule,
  functionModule,
  roleModule,
  accessProviderModule,
  databaseModule,
  keyModule,
  credentialModule,
  tokenModule,
];

/** The placeholder for the collection of a document whose collection was deleted. */
export const deletedModule = new LibraryModule('Deleted', () => false, collectionModule);
collectionModule.table.field('Deleted', () => deletedModule);

functionModule.table.call([['function', types.string]], (context, _, name) => {
  const found = userFunction(context, name);
  if (found) return found;
  throw unknownName(context, 'function', 'function', name, idOf(context, NATIVE.functions, name, false) !== undefined);
});

const document = ['document', types.document] as const;

tokenModule.table.method('byDocument', [document], (context, _, { ref }) => {
  context.require('read', '`byDocument`');
  const tokens = tokensOf(context.host.model, ref).sort((a, b) => (a.id < b.id ? -1 : 1));
  return new DocumentListSet('byDocument', tokenModule, [new Doc(ref)], tokens);
});

credentialModule.table.method('byDocument', [document], (context, _, { ref }) => {
  const found = credentialsOf(context.host.model, ref);
  return new Doc(found ?? new Ref(context.host.auth.scope, NATIVE.credentials, NO_ID));
});

/** The hash of a credential that an action reads. */
function hashOf(
  context: Context,
  credential: Doc,
  action: string,
): { readonly hash: unknown; readonly instance: unknown } {
  const found = find(context, credential, action);
  if ('cause' in found) throw nullFailure(found.cause, context.trace as Frame);
  const { fields } = found.version.data;
  return { hash: fields.get('hashed_password'), instance: fields.get('instance') };
}

const matches = (context: Context, secret: string, hash: unknown): boolean =>
  typeof hash === 'string' && isBcryptHash(hash) && passwordMatches(context.host, secret, hash);

function login(context: Context, credential: Doc, secret: string, ttl: Time | undefined): Value {
  const { hash, instance } = hashOf(context, credential, '`login`');
  if (!matches(context, secret, hash)) throw errors.invalidSecret(context.trace);
  const fields: Record<string, Value> = { document: new Doc(instance as Ref) };
  if (ttl) fields.ttl = ttl;
  return createDocument(context, tokenModule.collection, 'fields', Struct.of(fields));
}

const secret = ['secret', types.string] as const;

/** The members of credentials, beside those of all documents. */
export const credentialTable = addDocumentMembers(new DocumentTable(base));
credentialTable
  .method('verify', [secret], (context, self, text) => matches(context, text, hashOf(context, self, '`verify`').hash))
  .method('login', [secret], (context, self, text) => login(context, self, text, undefined))
  .method('login', [secret, ['ttl', types.time]], (context, self, text, ttl) => login(context, self, text, ttl));

/** The members of a native collection's documents. */
export const nativeTableOf = (collection: number): DocumentTable =>
  collection === NATIVE.credentials ? credentialTable : nativeDocumentTable;
