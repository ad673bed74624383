/**
 * What went wrong, in a word that stays the same from version to version:
 *
 * - `CONFIG_INVALID`: an option is missing, unknown or of the wrong kind;
 * - `USER_NOT_FOUND`: FaunaDB has no document for this user;
 * - `USER_COLLECTION_NOT_FOUND`: FaunaDB has no such collection;
 * - `FAUNADB_UNAUTHORIZED`: the secret of `faunaDBClient` is wrong, or may not make tokens;
 * - `FAUNADB_UNAVAILABLE`: FaunaDB could not be reached, failed, or did not answer in time;
 * - `FAUNADB_REFUSED`: FaunaDB answered, and refused for another reason;
 * - `SESSION_NOT_FOUND`: the session has ended, or there never was one.
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
 * Every error this package makes. Its message says which user, which collection and what FaunaDB said; neither it nor
 * anything it holds carries a secret.
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

  /** A process may have loaded the package's other build, ESM or CommonJS, too: its errors are of this class as well. */
  static override [Symbol.hasInstance](value: unknown): value is FaunadbSessionError {
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one has its own instances only.
    if (this !== FaunadbSessionError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === 'FaunadbSessionError';
  }
}

/** FaunaDB's answer was lost, or it failed on the way: whether it has done what it was asked is not known. */
export class OutcomeUnknown extends FaunadbSessionError {
  constructor(message: string) {
    super('FAUNADB_UNAVAILABLE', message);
  }
}
