import { NATIVE } from '../../values/ids.js';
import { patch } from '../../values/objects.js';
import { type Lambda, type ObjectValue, Ref, Time, type Value, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Permissions } from '../base/permissions.js';
import type { Privileges, RoleAction } from './compiled-roles.js';

/** The privileges of roles in their database. */
export class RolePermissions implements Permissions {
  readonly #privileges: Privileges;

  constructor(privileges: Privileges) {
    this.#privileges = privileges;
  }

  /** The roles. */
  get roles(): readonly bigint[] {
    return this.#privileges.roles;
  }

  /** Whether all roles are among those of `others`, and unchanged. */
  isWithin(others: RolePermissions): boolean {
    return this.#privileges.isWithin(others.#privileges);
  }

  /** The same with other privileges. */
  with(privileges: Privileges): RolePermissions {
    return new RolePermissions(privileges);
  }

  readonly mayLog = false;
  readonly schemaFiles = 'none';

  mayReadCollection(context: ModelContext, ref: Ref): boolean {
    return ref.scope === context.auth.scope && this.#privileges.mention(collectionOf(ref), 'read');
  }

  mayRead(context: ModelContext, ref: Ref): boolean {
    return this.#allow(context, collectionOf(ref), 'read', () => ref);
  }

  mayReadAt(context: ModelContext, ref: Ref, time: bigint): boolean {
    return this.#allow(context, collectionOf(ref), 'read', () => ref, time);
  }

  mayReadHistory(context: ModelContext, ref: Ref): boolean {
    return this.#allow(context, collectionOf(ref), 'history_read', () => ref);
  }

  mayReadIndex(context: ModelContext, index: Ref, terms: readonly Value[]): boolean {
    return this.#allow(context, index, 'read', () => terms);
  }

  mayReadUnrestricted(context: ModelContext, resource: Ref, terms: readonly Value[]): boolean {
    const argument = resource.collection === NATIVE.collections ? null : terms;
    return this.#allow(context, resource, 'unrestricted_read', () => argument);
  }

  /** Choosing an id needs a privilege of its own, or those to create and to write history. */
  mayCreate(context: ModelContext, ref: Ref, data: ObjectValue, withId: boolean): boolean {
    const resource = collectionOf(ref);
    const made = (predicate: Lambda) => (predicate.takesDocuments ? new Version(ref, undefined, 'create', data) : data);
    if (!withId) return this.#allow(context, resource, 'create', made);
    if (
      this.#allow(context, resource, 'create_with_id', (predicate) =>
        predicate.arity === 1 ? made(predicate) : [made(predicate), ref],
      )
    )
      return true;
    return (
      this.#allow(context, resource, 'create', made) &&
      this.mayWriteHistory(context, ref, context.snapshotTime, 'create', data)
    );
  }

  mayWrite(context: ModelContext, previous: Version, diff: ObjectValue): boolean {
    const { ref, data } = previous;
    return this.#allow(context, collectionOf(ref), 'write', ({ arity, takesDocuments }) => {
      const next = patch(data, diff);
      if (takesDocuments) {
        const version = new Version(ref, undefined, 'update', next);
        // A predicate uses as many of these as it has parameters.
        return [previous, version, ref];
      }
      return arity === 3 ? [data, next, ref] : [data, next];
    });
  }

  mayWriteHistory(
    context: ModelContext,
    ref: Ref,
    ts: bigint,
    action: 'create' | 'update' | 'delete',
    diff: ObjectValue,
  ): boolean {
    return this.#allow(context, collectionOf(ref), 'history_write', () => [ref, new Time(ts * 1000n), action, diff]);
  }

  mayDelete(context: ModelContext, ref: Ref): boolean {
    return this.#allow(context, collectionOf(ref), 'delete', () => ref);
  }

  mayCall(context: ModelContext, fn: Ref, args: Value): boolean {
    return this.#allow(context, fn, 'call', () => args);
  }

  #allow(
    context: ModelContext,
    resource: Ref,
    action: RoleAction,
    argument: (predicate: Lambda) => Value,
    time?: bigint,
  ): boolean {
    return resource.scope === context.auth.scope && this.#privileges.allow(context, resource, action, argument, time);
  }
}

/**
 * The permissions of a document by the roles that it is a member of. Without any role it may still see its own tokens
 * and credentials, and end its own sessions.
 */
export class InstancePermissions extends RolePermissions {
  readonly #instance: Ref;

  constructor(instance: Ref, privileges: Privileges) {
    super(privileges);
    this.#instance = instance;
  }

  override with(privileges: Privileges): RolePermissions {
    return new InstancePermissions(this.#instance, privileges);
  }

  override mayRead(context: ModelContext, ref: Ref): boolean {
    return (
      ((ref.collection === NATIVE.tokens || ref.collection === NATIVE.credentials) && this.#isOwn(context, ref)) ||
      super.mayRead(context, ref)
    );
  }

  override mayReadAt(context: ModelContext, ref: Ref, time: bigint): boolean {
    return (
      ((ref.collection === NATIVE.tokens || ref.collection === NATIVE.credentials) && this.#isOwn(context, ref)) ||
      super.mayReadAt(context, ref, time)
    );
  }

  override mayDelete(context: ModelContext, ref: Ref): boolean {
    return (ref.collection === NATIVE.tokens && this.#isOwn(context, ref)) || super.mayDelete(context, ref);
  }

  #isOwn(context: ModelContext, ref: Ref): boolean {
    if (ref.scope !== context.auth.scope) return false;
    const owner = context.model.documents.read(ref)?.data.fields.get('instance');
    return owner instanceof Ref && owner.collection === this.#instance.collection && owner.id === this.#instance.id;
  }
}

/** Privileges apply to whole collections. */
function collectionOf({ scope, collection }: Ref): Ref {
  return new Ref(scope, NATIVE.collections, BigInt(collection));
}
