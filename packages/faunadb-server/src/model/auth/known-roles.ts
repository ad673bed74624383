import type { ModelContext } from '../base/context.js';

/** Identifies, among the results that a request waits for, the roles of its secret. */
export const ROLES_OF_SECRET = 'roles of the secret';

/** The roles of the secret that is being authenticated, if the predicates that decide them were evaluated before. */
export const knownRoles = ({ deferred }: ModelContext): readonly bigint[] | undefined =>
  deferred.known(ROLES_OF_SECRET);
