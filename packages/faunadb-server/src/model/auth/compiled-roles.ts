import { aliasesOf, NATIVE } from '../../values/ids.js';
import { pick, sameStored } from '../../values/objects.js';
import { Lambda, ObjectValue, Ref, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases, Schema } from '../base/databases.js';

import { holds } from './predicate.js';

/** The actions that a role may allow on a resource. */
export type RoleAction =
  | 'read'
  | 'write'
  | 'create'
  | 'create_with_id'
  | 'delete'
  | 'history_read'
  | 'history_write'
  | 'unrestricted_read'
  | 'call';

/** A role's document, parsed once for each state of the schema. */
interface Role {
  readonly id: bigint;
  /** The fields that say what it allows, and to whom. */
  readonly definition: ObjectValue;
  readonly memberships: readonly { readonly resource: Ref; readonly predicate: Lambda | undefined }[];
  readonly privileges: readonly {
    readonly resource: Ref;
    readonly actions: readonly (readonly [RoleAction, true | Lambda])[];
  }[];
}

/** `true` if allowed without a condition; otherwise one of the predicates must hold. */
type Policy = true | readonly Lambda[];

/** The privileges of several roles together. */
export class Privileges {
  static readonly none = new Privileges([]);
  readonly #roles: readonly Role[];
  readonly #policies = new Map<string, Policy>();

  constructor(roles: readonly Role[]) {
    this.#roles = roles;
    for (const { privileges } of roles) {
      for (const { resource, actions } of privileges) {
        for (const [action, allowed] of actions) {
          const key = policyKey(resource, action);
          const policy = this.#policies.get(key) ?? [];
          if (policy !== true) this.#policies.set(key, allowed === true ? true : [...policy, allowed]);
        }
      }
    }
  }

  /** The ids of the roles. */
  get roles(): readonly bigint[] {
    return this.#roles.map(({ id }) => id);
  }

  /**
   * @param argument the predicate's argument, which may depend on how many parameters it takes
   * @param time of the state that predicates see, in µs, if not the current one
   */
  allow(
    context: ModelContext,
    resource: Ref,
    action: RoleAction,
    argument: (predicate: Lambda) => Value,
    time?: bigint,
  ): boolean {
    const policy = this.#policies.get(policyKey(resource, action));
    if (policy === undefined || policy === true) return policy ?? false;
    return policy.some((predicate) => holds(context, predicate, argument(predicate), time));
  }

  /** Whether any role mentions the resource and action. */
  mention(resource: Ref, action: RoleAction): boolean {
    return this.#policies.has(policyKey(resource, action));
  }

  /** Whether all these roles are among the others', and unchanged. */
  isWithin(others: Privileges): boolean {
    if (others === this) return true;
    return this.#roles.every((role) =>
      others.#roles.some((other) => other.id === role.id && sameStored(other.definition, role.definition)),
    );
  }
}

/** The privileges of roles in a database, for the current state of its schema. Ids without a role are ignored. */
export function privilegesOf(view: Databases, scope: number, ids: readonly bigint[]): Privileges {
  if (ids.length === 0) return Privileges.none;
  const schema = view.schema(scope);
  return derived(schema, `privileges ${ids.join()}`, () => {
    const all = rolesOf(view, schema);
    return new Privileges(ids.flatMap((id) => all.get(id) ?? []));
  });
}

/** The roles that a collection's documents are, or may be, members of. */
class Memberships {
  /** Whether the collection alone decides the roles of a document. */
  readonly isUnconditional: boolean;
  readonly #of: readonly { readonly role: bigint; readonly predicate: Lambda | undefined }[];

  constructor(memberships: readonly { readonly role: bigint; readonly predicate: Lambda | undefined }[]) {
    this.#of = memberships;
    this.isUnconditional = memberships.every((m) => m.predicate === undefined);
  }

  /** The roles of one document. `context` makes a context that acts as the document, in which predicates run. */
  rolesOf(context: () => ModelContext, document: Ref): readonly bigint[] {
    const ids = new Set<bigint>();
    for (const { role, predicate } of this.#of) {
      if (!ids.has(role) && (predicate === undefined || holds(context(), predicate, document))) ids.add(role);
    }
    return [...ids];
  }
}

/** The memberships of a collection's documents. */
export function membershipsOf(view: Databases, document: Ref): Memberships {
  const schema = view.schema(document.scope);
  return derived(schema, `memberships ${document.collection}`, () => {
    const memberships = [];
    for (const role of rolesOf(view, schema).values()) {
      for (const { resource, predicate } of role.memberships) {
        if (resource.collection === NATIVE.collections && resource.id === BigInt(document.collection)) {
          memberships.push({ role: role.id, predicate });
        }
      }
    }
    return new Memberships(memberships);
  });
}

function rolesOf(view: Databases, schema: Schema): ReadonlyMap<bigint, Role> {
  return derived(schema, 'roles', () => {
    const roles = new Map<bigint, Role>();
    for (const [{ id }] of view.documents.scan(schema.scope, NATIVE.roles)) {
      const definition = schema.definition(NATIVE.roles, id);
      if (definition) roles.set(id, new RoleReader(view, schema).read(id, definition));
    }
    return roles;
  });
}

/** Reads roles of both languages: FQL v10 stores resources by name, and predicates as text. */
class RoleReader {
  constructor(
    readonly view: Databases,
    readonly schema: Schema,
  ) {}

  read(id: bigint, data: ObjectValue): Role {
    const name = String(data.fields.get('name'));
    const memberships = this.#records(data.fields.get('membership')).map(({ resource, fields }) => {
      const predicate = this.#predicate(fields.get('predicate'), name);
      return { resource, predicate: predicate instanceof Lambda ? predicate : undefined };
    });
    const privileges = this.#records(data.fields.get('privileges')).map(({ resource, fields }) => {
      const actions: [RoleAction, true | Lambda][] = [];
      const given = fields.get('actions');
      for (const [action, value] of given instanceof ObjectValue ? given.fields : []) {
        const allowed = this.#predicate(value, name);
        if (allowed === true || allowed instanceof Lambda) actions.push([action as RoleAction, allowed]);
      }
      return { resource, actions };
    });
    return { id, definition: pick(data, ['name', 'membership', 'privileges']), memberships, privileges };
  }

  #predicate(given: Value | undefined, role: string): Value | undefined {
    if (typeof given !== 'string') return given;
    const literal = new Map(Object.entries({ api_version: '10', body: given, name: `*role:${role}*` }));
    return this.view.lambda(new ObjectValue(literal), this.schema.scope);
  }

  #resource(given: Value | undefined): Ref | undefined {
    if (given instanceof Ref) return given;
    if (typeof given !== 'string') return undefined;
    const native = NATIVE_NAMES.get(given);
    if (native !== undefined) return new Ref(this.schema.scope, NATIVE.collections, BigInt(native));
    for (const collection of [NATIVE.collections, NATIVE.functions]) {
      const id = this.schema.idOf(collection, given) ?? this.schema.idOf(aliasesOf(collection), given);
      if (id !== undefined) return new Ref(this.schema.scope, collection, id);
    }
    return undefined;
  }

  /**
   * The records of a list, or a single one. As in FaunaDB, a record without a resource is stored, but makes the whole
   * list mean nothing.
   */
  #records(value: Value | undefined): { readonly resource: Ref; readonly fields: ObjectValue['fields'] }[] {
    const list = (Array.isArray(value) ? value : [value]) as readonly Value[];
    const given = list.filter(
      (record) => record instanceof ObjectValue && record.fields.has('resource'),
    ) as ObjectValue[];
    if (given.length !== list.length) return [];
    return given.flatMap(({ fields }) => {
      const resource = this.#resource(fields.get('resource'));
      return resource === undefined ? [] : [{ resource, fields }];
    });
  }
}

/** FQL v10's names of native collections. */
const NATIVE_NAMES: ReadonlyMap<string, number> = new Map([
  ['Collection', NATIVE.collections],
  ['Function', NATIVE.functions],
  ['Role', NATIVE.roles],
  ['AccessProvider', NATIVE.access_providers],
  ['Database', NATIVE.databases],
  ['Key', NATIVE.keys],
  ['Token', NATIVE.tokens],
  ['Credential', NATIVE.credentials],
  ['Credentials', NATIVE.credentials],
]);

const policyKey = ({ collection, id }: Ref, action: RoleAction) => `${collection}/${id} ${action}`;

function derived<T>(schema: Schema, key: string, make: () => T): T {
  const { derived: known } = schema;
  let value = known.get(key) as T | undefined;
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}
