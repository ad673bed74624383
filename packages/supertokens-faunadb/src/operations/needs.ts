import { randomUUID } from 'node:crypto';
import type { FaunadbSessionOptions, SessionUser } from '../backend/options.js';
import { newLineage, tokenId } from '../backend/token-record.js';
import type { Language, Names, Run } from '../fauna/base/language.js';
import type { FaunaQuery } from '../fauna/base/types.js';
import { FaunadbSessionError } from '../shared/errors.js';

/** What the key of `faunaDBClient` must be able to do for the application's options. */
export interface Needs extends Names {
  /** The collection whose existence is checked when a user has no document. */
  readonly userCollectionName: string | undefined;
  /** Whether documents are created. */
  readonly createsUsers: boolean;
  /** The query for the document of a nonexistent user, and what to create that document with. */
  readonly trial: { readonly user: FaunaQuery; readonly createUser: object | undefined } | undefined;
}

/** The options that decide what the key of `faunaDBClient` has to be able to do. */
export type NeedsOptions = Pick<FaunadbSessionOptions, 'userCollectionName' | 'userRef' | 'createUser'>;

/**
 * Finds out what options need, from the queries that they return for a nonexistent user.
 *
 * @param run Sends queries to the database, which knows what its names mean.
 * @param tenantId The tenant of that user.
 * @throws {Error} whatever the options' own functions throw.
 */
export async function needsOf(
  { userCollectionName, userRef, createUser }: NeedsOptions,
  language: Language,
  run: Run,
  tenantId = 'public',
): Promise<Needs> {
  // The ids of SuperTokens' own recipes are UUIDs; those of FaunaDB documents are numbers.
  const userId = userRef === undefined ? tokenId(newLineage(), 0) : randomUUID();
  const nobody: SessionUser = { userId, recipeUserId: userId, tenantId };
  const user = userRef?.(nobody);
  if (user !== undefined && !language.isQuery(user)) {
    throw new FaunadbSessionError('CONFIG_INVALID', `userRef must return a query of ${language.name}.`);
  }
  const created = createUser?.(nobody);
  const parts = [user, created].filter((part) => part !== undefined);
  const none: Names = { collections: [], indexes: [], functions: [] };
  const names = parts.length === 0 ? none : await language.operator.namesIn(run, parts);
  const own = userRef === undefined ? userCollectionName : undefined;
  return {
    ...names,
    userCollectionName: own,
    collections: [...new Set([...names.collections, ...(own === undefined ? [] : [own])])],
    createsUsers: createUser !== undefined,
    trial: user === undefined ? undefined : { user, createUser: created },
  };
}
