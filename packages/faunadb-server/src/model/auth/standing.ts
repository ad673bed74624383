import { NATIVE } from '../../values/ids.js';
import { pick, sameStored } from '../../values/objects.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Auth } from '../base/context.js';
import type { Databases } from '../base/databases.js';

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

  /** Whether a change of this document may end the stream. */
  isAbout(ref: Ref): boolean {
    const { scope, source, permissions } = this.#auth;
    if (ref.collection === NATIVE.roles) return ref.scope === scope && permissions instanceof RolePermissions;
    return (source.kind === 'key' || source.kind === 'token') && sameStored(source.ref, ref);
  }
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
