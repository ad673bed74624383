// Tables of which there are millions of entries have a byte for a name, one that no other table's name begins with.

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
