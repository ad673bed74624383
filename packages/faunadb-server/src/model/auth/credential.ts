/** How the suffix of a secret narrows it, as in `secret:database:role`. */
export interface Narrowing {
  /** Names of databases, each inside the previous one; empty for the secret's own database. */
  readonly path: readonly string[];
  readonly as:
    | { readonly kind: 'builtin'; readonly role: BuiltinRole }
    | { readonly kind: 'role'; readonly name: string }
    | { readonly kind: 'document'; readonly collection: string; readonly id: string };
}

export type BuiltinRole = 'admin' | 'server' | 'server-readonly' | 'client';

/** The secret of a request, separated from its suffix. */
export interface Credential {
  readonly secret: string;
  readonly narrowing: Narrowing | undefined;
}

/** A role, whatever follows. Of two roles with a common prefix, the longer one comes first. */
const ROLE =
  /^(?:(?<builtin>admin|server-readonly|server|client)|@role\/(?<role>[^,()&=:]+)|(?:@doc|classes|collections)\/(?<document>[^,()&=:]+))/;
const DATABASE = /^([^,()&=:]+):/;

/**
 * Parses `secret`, `secret:role`, `secret:@role/name`, `secret:@doc/collection/id`, and these with a path of databases
 * before the role, as in `secret:a/b:server`.
 *
 * As in FaunaDB's grammar, a suffix that names no role is ignored, but one that starts with a role and continues after
 * it makes the whole text invalid.
 */
export function parseCredential(text: string): Credential | undefined {
  const secret = /^[^/,()&=:]+/.exec(text)?.[0];
  if (secret === undefined) return undefined;
  let rest = text.slice(secret.length);
  if (rest === '') return { secret, narrowing: undefined };
  if (rest[0] !== ':') return undefined;
  rest = rest.slice(1);
  const database = DATABASE.exec(rest);
  if (database) rest = rest.slice(database[0].length);
  const role = ROLE.exec(rest);
  if (!role) return { secret, narrowing: undefined };
  if (role[0].length < rest.length) return undefined;
  return { secret, narrowing: { path: database?.[1]?.split('/') ?? [], as: narrowed(role.groups!) } };
}

function narrowed({ builtin, role, document }: Record<string, string | undefined>): Narrowing['as'] {
  if (builtin !== undefined) return { kind: 'builtin', role: builtin as BuiltinRole };
  if (role !== undefined) return { kind: 'role', name: role };
  const slash = document!.lastIndexOf('/');
  return { kind: 'document', collection: document!.slice(0, Math.max(slash, 0)), id: document!.slice(slash + 1) };
}
