import { randomUUID } from 'node:crypto';
import type { Expr } from 'faunadb';
import type { FaunadbSessionOptions, SessionUser } from '../backend/options.js';
import { newLineage, tokenId } from '../backend/token-record.js';

/** What the key of `faunaDBClient` has to be able to do, as the application's options have it. */
export interface Needs {
  /** The collection whose existence is asked for where a user has no document. */
  readonly userCollectionName: string | undefined;
  /** Collections that the options name, whose documents are the users. */
  readonly collections: readonly string[];
  /** Indexes that `userRef` searches. */
  readonly indexes: readonly string[];
  /** Functions that `userRef` or `createUser` call. */
  readonly functions: readonly string[];
  /** Whether documents are created. */
  readonly createsUsers: boolean;
  /** The expression for the document of a user who does not exist, and what it would be created with. */
  readonly trial: { readonly user: Expr; readonly createUser: object | undefined } | undefined;
}

/** The options that decide what the key of `faunaDBClient` has to be able to do. */
export type NeedsOptions = Pick<FaunadbSessionOptions, 'userCollectionName' | 'userRef' | 'createUser'>;

/**
 * Finds out what options need, by looking at the expressions that they make for a user who does not exist.
 *
 * @param tenantId The tenant of that user.
 * @throws {Error} what the options' own functions throw.
 */
export function needsOf({ userCollectionName, userRef, createUser }: NeedsOptions, tenantId = 'public'): Needs {
  // A user of a SuperTokens recipe has a UUID, one who is a document its id.
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

/** The names in an expression, in the form in which the driver sends it: `{"index": "users_by_login"}`. */
function collectNames(node: unknown, found: Record<string, Set<string>>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') found[key]?.add(value);
    else collectNames(value, found);
  }
}
