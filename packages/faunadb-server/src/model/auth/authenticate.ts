import { NATIVE, ROOT_SCOPE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { Auth, LoginSource, ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import type { StoredVersion } from '../base/stored-version.js';
import { scopeOfDatabase } from '../refs/database-lookups.js';

import { permissionsOfRole } from './as-role.js';
import { NONE, ROOT } from './builtin-permissions.js';
import { membershipsOf, privilegesOf } from './compiled-roles.js';
import { type Narrowing, parseCredential } from './credential.js';
import { importedOfId, isHashOf } from './imported.js';
import { authenticateJwt, isJwt } from './jwt.js';
import { keyOfSecret } from './key-lookup.js';
import { knownRoles } from './known-roles.js';
import { InstancePermissions } from './role-permissions.js';
import type { RootKey } from './root-key.js';
import { parseSecret, type Secret, secretMatches } from './secrets.js';

/** How many secrets are cached, each with the document that it belongs to. */
const REMEMBERED = 10_000;

/** A context of the current query that acts as `auth`. */
export type Acting = (auth: Auth) => ModelContext;

/** The rights of a client that is not authenticated yet. */
const NOBODY = { permissions: NONE, source: { kind: 'root' }, identity: undefined } as const;

/** The document that a secret belongs to, and what this version of it implies. */
interface Login {
  readonly document: Ref;
  readonly ts: bigint;
  /** The database that the secret opens. */
  readonly scope: number;
  readonly source: LoginSource;
  /** The document that a token acts as. */
  readonly instance: Ref | undefined;
  /** The resulting rights, valid while the database's schema is unchanged. */
  auth?: { readonly auth: Auth; readonly schemaVersion: bigint };
}

/**
 * Authenticates a request by its secret. Every request reads the secret's own document: the cache saves the hashing and
 * the reading of roles, but a secret that was deleted, has expired or was replaced never opens anything again.
 */
export class Authenticator {
  readonly #rootKey: RootKey;
  readonly #logins = new Map<string, Login>();

  constructor(rootKey: RootKey) {
    this.#rootKey = rootKey;
  }

  /**
   * @param acting makes the context in which membership predicates run.
   * @returns `undefined` if the secret opens nothing
   * @throws {Suspension} if an identity provider must be asked first.
   */
  authenticate(view: Databases, text: string | undefined, acting: Acting): Auth | undefined {
    if (text === undefined) return undefined;
    if (isJwt(text)) return authenticateJwt(view, text, acting);
    const credential = parseCredential(text);
    if (!credential) return undefined;
    const { secret, narrowing } = credential;
    const login = this.#login(view, secret, acting);
    if (login) return narrowing ? narrowed(view, login, narrowing, acting) : authOf(view, login, acting);
    if (!this.#rootKey.matches(secret)) return undefined;
    const root: Auth = { scope: ROOT_SCOPE, permissions: ROOT, source: { kind: 'root' }, identity: undefined };
    return narrowing ? narrow(view, root, narrowing, acting) : root;
  }

  #login(view: Databases, secret: string, acting: Acting): Login | undefined {
    const known = this.#logins.get(secret);
    if (known) {
      const version = view.documents.latest(known.document);
      if (version?.ts === known.ts) return version.isLive(view.keys.time) ? known : undefined;
      this.#logins.delete(secret);
    }
    const login = findLogin(view, secret, acting);
    if (login) {
      if (this.#logins.size >= REMEMBERED) this.#logins.delete(this.#logins.keys().next().value as string);
      this.#logins.set(secret, login);
    }
    return login;
  }
}

/**
 * The key or token that a secret belongs to, if it is still valid.
 *
 * @throws {Suspension} if the secret must be compared with a slow hash first
 */
export function documentOfSecret(view: Databases, secret: string, acting: Acting): Ref | undefined {
  const login = findLogin(view, secret, acting);
  return login && authOf(view, login, acting) && login.document;
}

function findLogin(view: Databases, text: string, acting: Acting): Login | undefined {
  const secret = parseSecret(text);
  if (!secret) return undefined;
  const own = ownDocument(view, secret);
  const version = own && view.documents.read(own);
  const hash = version && hashIn(version);
  if (hash !== undefined && secretMatches(secret, hash)) return loginOf(view, own!, version!);
  for (const document of importedOfId(view, secret.kind === 'key' ? NATIVE.keys : NATIVE.tokens, secret.id)) {
    const version = view.documents.read(document);
    const hash = version && hashIn(version);
    if (hash === undefined) continue;
    const context = acting({ ...NOBODY, scope: document.scope });
    if (isHashOf(context, hash, secret)) return loginOf(view, document, version!);
  }
  return undefined;
}

/** The document of a secret that this server has made. */
function ownDocument(view: Databases, secret: Secret): Ref | undefined {
  if (secret.kind === 'key') return keyOfSecret(view, secret);
  return secret.scope === undefined ? undefined : new Ref(secret.scope, NATIVE.tokens, secret.id);
}

function hashIn({ data }: StoredVersion): string | undefined {
  const hash = data.fields.get('hashed_secret');
  return typeof hash === 'string' ? hash : undefined;
}

function loginOf(view: Databases, document: Ref, version: StoredVersion): Login | undefined {
  return document.collection === NATIVE.keys ? keyLogin(view, document, version) : tokenLogin(document, version);
}

function keyLogin(view: Databases, document: Ref, version: StoredVersion): Login | undefined {
  const database = version.data.fields.get('database');
  const scope = database instanceof Ref ? scopeOfDatabase(view, database) : document.scope;
  if (scope === undefined) return undefined;
  const source = { kind: 'key', ref: document, role: version.data.fields.get('role') ?? null } as const;
  return { document, ts: version.ts, scope, source, instance: undefined };
}

function tokenLogin(document: Ref, { ts, data }: StoredVersion): Login | undefined {
  const instance = data.fields.get('instance');
  if (!(instance instanceof Ref)) return undefined;
  return { document, ts, scope: document.scope, source: { kind: 'token', ref: document }, instance };
}

/** The rights of a secret that nothing narrows. */
function authOf(view: Databases, login: Login, acting: Acting): Auth | undefined {
  const { scope, source, instance } = login;
  const schema = view.schema(scope);
  if (!schema.exists || (instance && !view.documents.read(instance))) return undefined;
  if (login.auth?.schemaVersion === schema.version) return login.auth.auth;
  if (instance && !membershipsOf(view, instance).isUnconditional) return instanceAuth(view, instance, source, acting);
  const auth = instance
    ? instanceAuth(view, instance, source, acting)
    : { scope, permissions: permissionsOfRole(view, scope, roleOf(source)), source, identity: undefined };
  login.auth = { auth, schemaVersion: schema.version };
  return auth;
}

/** The rights of an existing document. */
function instanceAuth(view: Databases, instance: Ref, source: LoginSource, acting: Acting): Auth {
  const auth: Auth = { scope: instance.scope, permissions: NONE, source, identity: instance };
  const memberships = membershipsOf(view, instance);
  // Those that no predicate decides are not known any better.
  const known = memberships.isUnconditional ? undefined : knownRoles(acting(auth));
  const roles = known ?? memberships.rolesOf(() => acting(auth), instance);
  return { ...auth, permissions: new InstancePermissions(instance, privilegesOf(view, instance.scope, roles)) };
}

/** Tokens cannot be narrowed: what follows their secret is ignored. */
function narrowed(view: Databases, login: Login, narrowing: Narrowing, acting: Acting): Auth | undefined {
  const auth = authOf(view, login, acting);
  if (auth?.source.kind !== 'key') return auth;
  const { role } = auth.source;
  const mayNarrow =
    role === 'admin' || (role === 'server' && narrowing.as.kind === 'document' && narrowing.path.length === 0);
  return mayNarrow ? narrow(view, auth, narrowing, acting) : undefined;
}

function narrow(view: Databases, auth: Auth, { path, as }: Narrowing, acting: Acting): Auth | undefined {
  let scope: number | undefined = auth.scope;
  for (const name of path) {
    const id: bigint | undefined = view.schema(scope).idOf(NATIVE.databases, name);
    scope = id === undefined ? undefined : scopeOfDatabase(view, new Ref(scope, NATIVE.databases, id));
    if (scope === undefined) return undefined;
  }
  switch (as.kind) {
    case 'builtin':
      return { ...auth, scope, permissions: permissionsOfRole(view, scope, as.role) };
    case 'role': {
      const id = view.schema(scope).idOf(NATIVE.roles, as.name);
      if (id === undefined) return undefined;
      return { ...auth, scope, permissions: permissionsOfRole(view, scope, new Ref(scope, NATIVE.roles, id)) };
    }
    case 'document': {
      const collection = view.schema(scope).idOf(NATIVE.collections, as.collection);
      if (collection === undefined || !/^\d{1,19}$/.test(as.id)) return undefined;
      const document = new Ref(scope, Number(collection), BigInt(as.id));
      return view.documents.read(document) && instanceAuth(view, document, auth.source, acting);
    }
  }
}

const roleOf = (source: LoginSource) => (source.kind === 'key' ? source.role : null);
