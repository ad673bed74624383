// Tables with millions of entries have one byte as a name, with which no other table's name begins.

/** In the space of a tenant or an app. */
export const SESSIONS_OF_USERS = Buffer.of(4);
export const ACTIVE_USERS = Buffer.of(5);

/** Of all spaces together. */
export const SESSION_EXPIRIES = Buffer.of(3);
/**
 * Of all spaces together, space by space, after all other keys: LMDB fills pages where entries are added at the very end, and
 * leaves them half empty where they are added in order anywhere else.
 */
export const SESSIONS = Buffer.of(0xff);
