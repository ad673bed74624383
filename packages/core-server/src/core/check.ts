import { checkDirectory, type FoundEntry } from '@supertokens-faunadb/store';
import { decodeSession } from '../sessions/session-row.js';
import { UUID_BYTES } from '../storage/id.js';
import { ACTIVE_USERS, SESSION_EXPIRIES, SESSIONS, SESSIONS_OF_USERS } from '../storage/tables.js';
import { parseJson } from '../storage/value.js';

/**
 * Reads everything in a Core's data directory that no server uses meanwhile: whether it is what was written, whether this
 * version understands it, and whether sessions and what points to them belong together.
 *
 * @returns what is wrong, a sentence each
 * @throws {Error} where a server has the directory, or there are no data in it
 */
export async function checkData(directory: string): Promise<string[]> {
  const sessions = new Set<string>();
  const expiring = new Set<string>();
  const ofUsers = new Set<string>();
  const damages = await checkDirectory(directory, ({ key, value }) => {
    switch (key[0]) {
      case SESSIONS[0]:
        decodeSession(value, { space: '', id: key.subarray(-UUID_BYTES) });
        sessions.add(placeOf(key, SESSIONS.length));
        return;
      case SESSION_EXPIRIES[0]:
        expiring.add(placeOf(key, SESSION_EXPIRIES.length + 8));
        return;
      default:
        decodeOther({ key, value }, ofUsers);
    }
  });
  // Whatever is damaged is missing here as well.
  if (damages.length > 0) return damages;
  return [
    ...missing(expiring, sessions, (at) => `a session that is to run out is not there: ${at}`),
    ...missing(ofUsers, sessions, (at) => `a session that a user has is not there: ${at}`),
    ...missing(sessions, expiring, (at) => `a session is not known by when it runs out: ${at}`),
    ...missing(sessions, ofUsers, (at) => `a session is not known by its user: ${at}`),
  ];
}

/** What lies in the space of a tenant or app, or belongs to all. */
function decodeOther({ key, value }: FoundEntry, ofUsers: Set<string>): void {
  const end = key.indexOf(0) + 1;
  const table = key[end];
  if (end > 0 && table === SESSIONS_OF_USERS[0]) {
    ofUsers.add(`${key.subarray(0, end).toString('hex')}${key.subarray(-UUID_BYTES).toString('hex')}`);
  } else if (end > 0 && table === ACTIVE_USERS[0]) value.readUIntBE(0, 6);
  else if (value.length > 0) parseJson(value);
}

function placeOf(key: Buffer, from: number): string {
  return key.subarray(from).toString('hex');
}

function* missing(these: ReadonlySet<string>, among: ReadonlySet<string>, tell: (at: string) => string) {
  for (const one of these) if (!among.has(one)) yield tell(one);
}
