/** The key of the token in a session's payload or data. */
export const FAUNADB_SESSION_KEY = 'faunadbToken';

/** How much longer a FaunaDB token lives than its access token, in milliseconds. */
export const FAUNADB_TOKEN_TIME_LAG_MILLI = 30 * 1000;
