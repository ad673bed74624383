import { NATIVE } from '../../values/ids.js';
import type { Ref, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Permissions } from '../base/permissions.js';

// The permissions that are no role's of the database, after fauna/faunadb's `auth/Permissions.scala`.

const isInScope = (context: ModelContext, { scope }: Ref) =>
  scope === context.auth.scope || context.model.schema(scope).isWithin(context.auth.scope);
const isOwn = (context: ModelContext, { scope }: Ref) => scope === context.auth.scope;
const no = () => false;

/** What the role `client` may do with data: nothing. */
export const NONE: Permissions = {
  mayLog: false,
  mayReadCollection: no,
  mayRead: no,
  mayReadHistory: no,
  mayReadIndex: no,
  mayReadUnrestricted: no,
  mayCreate: no,
  mayWrite: no,
  mayWriteHistory: no,
  mayDelete: no,
  mayCall: no,
};

/** Reads the database and those within it, writes all of the database. */
export const ADMIN: Permissions = {
  mayLog: true,
  mayReadCollection: isInScope,
  mayRead: isInScope,
  mayReadHistory: isInScope,
  mayReadIndex: isInScope,
  mayReadUnrestricted: no,
  mayCreate: isOwn,
  mayWrite: (context, previous) => isOwn(context, previous.ref),
  mayWriteHistory: isOwn,
  mayDelete: isOwn,
  mayCall: isInScope,
};

/** What the operator's own secret may do. No function's role takes any of it away, which it does from `ADMIN`. */
export const ROOT: Permissions = { ...ADMIN };

/** What says who may do what is for admins alone. */
const ADMINISTRATIVE: ReadonlySet<number> = new Set([
  NATIVE.databases,
  NATIVE.keys,
  NATIVE.roles,
  NATIVE.access_providers,
]);

/** A collection itself counts as what is in it. */
function isAdministrative(ref: Ref): boolean {
  return ADMINISTRATIVE.has(ref.collection === NATIVE.collections ? Number(ref.id) : ref.collection);
}

const serverReads = (context: ModelContext, ref: Ref) => !isAdministrative(ref) && isInScope(context, ref);
const serverWrites = (context: ModelContext, ref: Ref) => !isAdministrative(ref) && isOwn(context, ref);

/** What the role `server` may do. */
export const SERVER: Permissions = {
  mayLog: true,
  mayReadCollection: serverReads,
  mayRead: serverReads,
  mayReadHistory: serverReads,
  mayReadIndex: isInScope,
  mayReadUnrestricted: no,
  mayCreate: serverWrites,
  mayWrite: (context: ModelContext, previous: Version) => serverWrites(context, previous.ref),
  mayWriteHistory: serverWrites,
  mayDelete: serverWrites,
  mayCall: isInScope,
};

/** What the role `server-readonly` may do. */
export const SERVER_READONLY: Permissions = {
  ...NONE,
  mayLog: true,
  mayReadCollection: serverReads,
  mayRead: serverReads,
  mayReadHistory: serverReads,
  mayReadIndex: isInScope,
};

/** What a predicate of a role may do while it is asked: no history, no writes, and no questions to other predicates. */
export const PREDICATE: Permissions = {
  ...NONE,
  mayReadCollection: serverReads,
  mayRead: serverReads,
  mayReadUnrestricted: serverReads,
  mayCall: isOwn,
};
