/**
 * The error code, stable across versions:
 *
 * - `CONFIG_INVALID`: an option is missing, unknown or invalid;
 * - `USER_NOT_FOUND`: FaunaDB has no document for this user;
 * - `USER_COLLECTION_NOT_FOUND`: FaunaDB has no such collection;
 * - `FAUNADB_UNAUTHORIZED`: the secret of `faunaDBClient` is wrong, or lacks permission to create tokens;
 * - `FAUNADB_UNAVAILABLE`: FaunaDB could not be reached, failed, or did not answer in time;
 * - `FAUNADB_REFUSED`: FaunaDB refused the query for another reason;
 * - `SESSION_NOT_FOUND`: the session has ended or never existed.
 */
export type FaunadbSessionErrorCode =
  | 'CONFIG_INVALID'
  | 'USER_NOT_FOUND'
  | 'USER_COLLECTION_NOT_FOUND'
  | 'FAUNADB_UNAUTHORIZED'
  | 'FAUNADB_UNAVAILABLE'
  | 'FAUNADB_REFUSED'
  | 'SESSION_NOT_FOUND';

/**
 * The class of every error that this package throws. The message names the user, the collection and FaunaDB's reason.
 * No property of the error contains a secret.
 *
 * @example
 * ```ts
 * try {
 *   await Session.createNewSession(req, res, 'public', recipeUserId);
 * } catch (error) {
 *   if (error instanceof FaunadbSessionError && error.code === 'USER_NOT_FOUND') return res.status(404).end();
 *   throw error;
 * }
 * ```
 */
export class FaunadbSessionError extends Error {
  /** The same for every error of this class, in either build of the package. */
  override readonly name = 'FaunadbSessionError';
  /** What went wrong. */
  readonly code: FaunadbSessionErrorCode;

  /**
   * Made by this package.
   *
   * @param code - what went wrong.
   * @param message - a sentence for people, without secrets.
   */
  constructor(code: FaunadbSessionErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** Accepts errors of the package's other build (ESM or CommonJS) too: a process may have loaded both. */
  static override [Symbol.hasInstance](value: unknown): value is FaunadbSessionError {
    // biome-ignore lint/complexity/noThisInStatic: a subclass matches only its own instances.
    if (this !== FaunadbSessionError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === 'FaunadbSessionError';
  }
}

/** FaunaDB's answer was lost, or FaunaDB failed: it is unknown whether the query was executed. */
export class OutcomeUnknown extends FaunadbSessionError {
  constructor(message: string) {
    super('FAUNADB_UNAVAILABLE', message);
  }
}
