import { randomUUID } from 'node:crypto';
import type { Expr } from 'faunadb';
import type { FaunadbSessionOptions, SessionUser } from '../backend/options.js';
import { newLineage, tokenId } from '../backend/token-record.js';

/** What the key of `faunaDBClient` must be able to do for the application's options. */
export interface Needs {
  /** The collection whose existence is checked when a user has no document. */
  readonly userCollectionName: string | undefined;
  /** The collections of users' documents that the options name. */
  readonly collections: readonly string[];
  /** Indexes that `userRef` searches. */
  readonly indexes: readonly string[];
  /** Functions that `userRef` or `createUser` call. */
  readonly functions: readonly string[];
  /** Whether documents are created. */
  readonly createsUsers: boolean;
  /** The expression for the document of a nonexistent user, and the parameters to create that document with. */
  readonly trial: { readonly user: Expr; readonly createUser: object | undefined } | undefined;
}

/** The options that decide what the key of `faunaDBClient` has to be able to do. */
export type NeedsOptions = Pick<FaunadbSessionOptions, 'userCollectionName' | 'userRef' | 'createUser'>;

/**
 * Finds out what options need, from the expressions that they return for a nonexistent user.
 *
 * @param tenantId The tenant of that user.
 * @throws {Error} whatever the options' own functions throw.
 */
export function needsOf({ userCollectionName, userRef, createUser }: NeedsOptions, tenantId = 'public'): Needs {
  // The ids of SuperTokens' own recipes are UUIDs; those of FaunaDB documents are numbers.
  const userId = userRef === undefined ? tokenId(newLineage(), 0) : randomUUID();
  const nobody: SessionUser = { userId, recipeUserId: userId, tenantId };
  const user = userRef?.(nobody);
  const created = createUser?.(nobody);
  const found = { collection: new Set<string>(), index: new Set<string>(), function: new Set<string>() };
  for (const part of [user, created]) collectNames(part === undefined ? null : JSON.parse(JSON.stringify(part)), found);
  if (userRef === undefined && userCollectionName !== undefined) found.collection.add(userCollectionName);
  return {
    userCollectionName: userRef === undefined ? userCollectionName : undefined,
    collections: [...found.collection],
    indexes: [...found.index],
    functions: [...found.function],
    createsUsers: createUser !== undefined,
    trial: user === undefined ? undefined : { user, createUser: created },
  };
}

/** Collects the names in an expression as the driver sends it: `{"index": "users_by_login"}`. */
function collectNames(node: unknown, found: Record<string, Set<string>>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') found[key]?.add(value);
    else collectNames(value, found);
  }
}
