import { NATIVE } from '../../values/ids.js';
import { pick, sameStored } from '../../values/objects.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Auth } from '../base/context.js';
import type { Databases } from '../base/databases.js';

import { RolePermissions } from './role-permissions.js';

/** What of a key or a token says whom it opens what to. */
const DECISIVE = ['role', 'database', 'priority', 'instance', 'ttl'];

/**
 * What a secret was good for when a stream began. A stream goes on with that and with no more, and only for as long as
 * nothing of it is changed: neither the key or token, nor any of the roles that it had.
 */
export class Standing {
  readonly #auth: Auth;
  readonly #decisive: ObjectValue | undefined;

  constructor(view: Databases, auth: Auth) {
    this.#auth = auth;
    this.#decisive = decisive(view, auth);
  }

  /** Who asks, as at the beginning; `undefined` where that does not hold any more of whom the secret opens to `now`. */
  within(view: Databases, now: Auth): Auth | undefined {
    const { permissions } = this.#auth;
    const holds =
      permissions instanceof RolePermissions
        ? now.permissions instanceof RolePermissions && permissions.isWithin(now.permissions)
        : permissions === now.permissions;
    if (!holds || !sameMaybe(this.#decisive, decisive(view, now))) return undefined;
    return { ...now, permissions };
  }

  /** Whether it may end because this document changes. */
  isAbout(ref: Ref): boolean {
    const { scope, source, permissions } = this.#auth;
    if (ref.collection === NATIVE.roles) return ref.scope === scope && permissions instanceof RolePermissions;
    return (source.kind === 'key' || source.kind === 'token') && sameStored(source.ref, ref);
  }
}

/** `undefined` for what is no document's secret. */
function decisive(view: Databases, { source }: Auth): ObjectValue | undefined {
  if (source.kind !== 'key' && source.kind !== 'token') return undefined;
  const version = view.documents.latest(source.ref);
  return version && !version.deleted ? pick(version.data, DECISIVE) : undefined;
}

function sameMaybe(a: ObjectValue | undefined, b: ObjectValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameStored(a, b);
}
