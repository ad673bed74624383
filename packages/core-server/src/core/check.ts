import { checkDirectory, type FoundEntry } from '@supertokens-faunadb/store';
import { decodeSession } from '../sessions/session-row.js';
import { UUID_BYTES } from '../storage/id.js';
import { ACTIVE_USERS, SESSION_EXPIRIES, SESSIONS, SESSIONS_OF_USERS } from '../storage/tables.js';
import { parseJson } from '../storage/value.js';

/**
 * Checks all data in a Core's data directory while no server is using it: that they are what was written, that this version
 * can read them, and that sessions and their indexes are consistent.
 *
 * @returns one sentence for each problem found
 * @throws {Error} when a server is using the directory, or it holds no data
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
  // Damaged entries would be reported again as missing.
  if (damages.length > 0) return damages;
  return [
    ...missing(expiring, sessions, (at) => `the expiry index lists a session that does not exist: ${at}`),
    ...missing(ofUsers, sessions, (at) => `the user index lists a session that does not exist: ${at}`),
    ...missing(sessions, expiring, (at) => `a session is missing from the expiry index: ${at}`),
    ...missing(sessions, ofUsers, (at) => `a session is missing from the user index: ${at}`),
  ];
}

/** Decodes an entry of a tenant or an app, or a global one. */
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

function* missing(these: ReadonlySet<string>, among: ReadonlySet<string>, describe: (at: string) => string) {
  for (const one of these) if (!among.has(one)) yield describe(one);
}
