// Before format 2, sessions and their indexes had text keys and JSON values.
import type { Key, Store, Transaction } from '@supertokens-faunadb/store';
import type { JsonObject } from '../json/json.js';
import { bytesOfUuid } from '../storage/id.js';
import { HASHED, key, keysUnder, partsOf, timePart } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { parseJson } from '../storage/value.js';
import { putActivity } from '../users/active-users.js';
import { insertSession } from './session-record.js';

/** Entries to migrate in one transaction. */
const BATCH = 2_000;
const UUID_LENGTH = 36;

type Row = readonly [
  userId: string,
  refreshTokenHash2: string,
  expiry: number,
  timeCreated: number,
  useStaticKey: 0 | 1,
  userDataInJWT: JsonObject,
  userDataInDatabase: JsonObject,
];

interface Old {
  readonly key: Key;
  readonly parts: readonly string[];
  readonly value: unknown;
}

/** Migrates format 1 to format 2. If interrupted, each entry exists in exactly one of the two. */
export async function migrateSessions(store: Store): Promise<void> {
  const spaces = store.read((reader) =>
    Array.from(reader.range(keysUnder('tenant')), ({ value }) => parseJson<{ space: string }>(value).space),
  ).value;
  for (const space of spaces) {
    await eachUnder(store, [space, 's'], moveSession);
    await eachUnder(store, [space, 'su'], () => {});
    await eachUnder(store, [space, 'active-user'], (transaction, { parts, value }) => {
      const userId = parts[2] as string;
      // Only the hash of a very long id is stored; that user counts again when next active.
      if (!userId.startsWith(HASHED)) putActivity(transaction, space, userId, value as number);
    });
  }
  // The rest belongs to removed tenants.
  await eachUnder(store, ['sx'], () => {});
}

function moveSession(transaction: Transaction, { parts, value }: Old): void {
  const [space = '', , handle = ''] = parts;
  const [userId, refreshTokenHash2, expiry, timeCreated, useStaticKey, userDataInJWT, userDataInDatabase] =
    value as Row;
  transaction.remove(key(space, 'su', userId, handle));
  transaction.remove(key('sx', timePart(expiry), space, handle));
  const id = bytesOfUuid(handle.slice(0, UUID_LENGTH));
  if (id === undefined) return; // no handle of ours
  insertSession(transaction, {
    space,
    id,
    userId,
    refreshTokenHash2,
    expiry,
    timeCreated,
    useStaticKey: useStaticKey === 1,
    userDataInJWT,
    userDataInDatabase,
  });
}

/** Runs `bring` on the entries below `parts` and removes them. */
async function eachUnder(
  store: Store,
  parts: readonly string[],
  bring: (transaction: Transaction, old: Old) => void,
): Promise<void> {
  for (let isLast = false; !isLast; ) {
    isLast = await settled(
      store.transact((transaction) => {
        const batch: Old[] = [];
        for (const { key: entry, value } of transaction.range(keysUnder(...parts))) {
          batch.push({ key: entry, parts: partsOf(entry), value: value.length === 0 ? undefined : parseJson(value) });
          if (batch.length === BATCH) break;
        }
        for (const old of batch) {
          bring(transaction, old);
          transaction.remove(old.key);
        }
        return batch.length < BATCH;
      }),
    );
  }
}
