import { NATIVE } from '../../values/ids.js';
import type { Ref, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Permissions } from '../base/permissions.js';

// The built-in permissions, after fauna/faunadb's `auth/Permissions.scala`.

const isInScope = (context: ModelContext, { scope }: Ref) =>
  scope === context.auth.scope || context.model.schema(scope).isWithin(context.auth.scope);
const isOwn = (context: ModelContext, { scope }: Ref) => scope === context.auth.scope;
const no = () => false;

/** The permissions of the role `client`: none on data. */
export const NONE: Permissions = {
  mayLog: false,
  schemaFiles: 'none',
  mayReadCollection: no,
  mayRead: no,
  mayReadAt: no,
  mayReadHistory: no,
  mayReadIndex: no,
  mayReadUnrestricted: no,
  mayCreate: no,
  mayWrite: no,
  mayWriteHistory: no,
  mayDelete: no,
  mayCall: no,
};

/** Reads the database and its descendants, and writes everything in the database. */
export const ADMIN: Permissions = {
  mayLog: true,
  schemaFiles: 'write',
  mayReadCollection: isInScope,
  mayRead: isInScope,
  mayReadAt: isInScope,
  mayReadHistory: isInScope,
  mayReadIndex: isInScope,
  mayReadUnrestricted: no,
  mayCreate: isOwn,
  mayWrite: (context, previous) => isOwn(context, previous.ref),
  mayWriteHistory: isOwn,
  mayDelete: isOwn,
  mayCall: isInScope,
};

/** The permissions of the root key. Unlike `ADMIN`, a function's role does not reduce them. */
export const ROOT: Permissions = { ...ADMIN };

/** The documents that decide who may do what: only admins may access them. */
const ADMINISTRATIVE: ReadonlySet<number> = new Set([
  NATIVE.databases,
  NATIVE.keys,
  NATIVE.roles,
  NATIVE.access_providers,
]);

/** A collection itself counts like its documents. */
function isAdministrative(ref: Ref): boolean {
  return ADMINISTRATIVE.has(ref.collection === NATIVE.collections ? Number(ref.id) : ref.collection);
}

const serverReads = (context: ModelContext, ref: Ref) => !isAdministrative(ref) && isInScope(context, ref);
const serverWrites = (context: ModelContext, ref: Ref) => !isAdministrative(ref) && isOwn(context, ref);

/** The permissions of the role `server`. */
export const SERVER: Permissions = {
  mayLog: true,
  schemaFiles: 'read',
  mayReadCollection: serverReads,
  mayRead: serverReads,
  mayReadAt: serverReads,
  mayReadHistory: serverReads,
  mayReadIndex: isInScope,
  mayReadUnrestricted: no,
  mayCreate: serverWrites,
  mayWrite: (context: ModelContext, previous: Version) => serverWrites(context, previous.ref),
  mayWriteHistory: serverWrites,
  mayDelete: serverWrites,
  mayCall: isInScope,
};

/** The permissions of the role `server-readonly`. */
export const SERVER_READONLY: Permissions = {
  ...NONE,
  mayLog: true,
  schemaFiles: 'read',
  mayReadCollection: serverReads,
  mayRead: serverReads,
  mayReadAt: serverReads,
  mayReadHistory: serverReads,
  mayReadIndex: isInScope,
};

/** The permissions of a role's predicate while it runs: no history, no writes, and no calls of other predicates. */
export const PREDICATE: Permissions = {
  ...NONE,
  mayReadCollection: serverReads,
  mayRead: serverReads,
  mayReadAt: serverReads,
  mayReadUnrestricted: serverReads,
  mayCall: isOwn,
};

/** The same while it sees an earlier state. */
export const PREDICATE_THEN: Permissions = { ...PREDICATE, mayReadHistory: serverReads };
