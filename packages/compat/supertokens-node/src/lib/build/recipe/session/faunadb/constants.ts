/** The key of the token in a session's payload or data. */
export const FAUNADB_SESSION_KEY = 'faunadbToken';

/** For how much longer than its access token a FaunaDB token lives, in milliseconds. */
export const FAUNADB_TOKEN_TIME_LAG_MILLI = 30 * 1000;
