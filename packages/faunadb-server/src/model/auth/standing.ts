import { pick, sameStored } from '../../values/objects.js';
import type { ObjectValue } from '../../values/values.js';
import type { Auth } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import { privilegesOf } from './compiled-roles.js';
import { RolePermissions } from './role-permissions.js';

/** The fields of a key or token that decide whom it opens what to. */
const DECISIVE = ['role', 'database', 'priority', 'instance', 'ttl'];

/**
 * The rights that a secret had when its stream began. The stream keeps exactly these, and only while the key or token
 * and all of its roles are unchanged.
 */
export class Standing {
  readonly #auth: Auth;
  readonly #decisive: ObjectValue | undefined;

  constructor(view: Databases, auth: Auth) {
    this.#auth = auth;
    this.#decisive = decisive(view, auth);
  }

  /** The rights at the beginning; `undefined` if the secret, which now has the rights `now`, no longer has them. */
  within(view: Databases, now: Auth): Auth | undefined {
    const { permissions } = this.#auth;
    const holds =
      permissions instanceof RolePermissions
        ? now.permissions instanceof RolePermissions && permissions.isWithin(now.permissions)
        : permissions === now.permissions;
    if (!holds || !sameMaybe(this.#decisive, decisive(view, now))) return undefined;
    return { ...now, permissions };
  }

  /** The roles that the rights are those of; `undefined` if they are not those of roles. */
  get roles(): readonly bigint[] | undefined {
    return rolesOf(this.#auth);
  }
}

/** The roles that rights are those of; `undefined` if they are not those of roles. */
export function rolesOf({ permissions }: Auth): readonly bigint[] | undefined {
  return permissions instanceof RolePermissions ? permissions.roles : undefined;
}

/** What is left of rights where only these roles count. */
export function limitedTo(view: Databases, auth: Auth, roles: readonly bigint[]): Auth {
  const { scope, permissions } = auth;
  if (!(permissions instanceof RolePermissions)) return auth;
  return { ...auth, permissions: permissions.with(privilegesOf(view, scope, roles)) };
}

/** `undefined` if the secret has no document. */
function decisive(view: Databases, { source }: Auth): ObjectValue | undefined {
  if (source.kind !== 'key' && source.kind !== 'token') return undefined;
  const version = view.documents.latest(source.ref);
  return version && !version.deleted ? pick(version.data, DECISIVE) : undefined;
}

function sameMaybe(a: ObjectValue | undefined, b: ObjectValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameStored(a, b);
}
