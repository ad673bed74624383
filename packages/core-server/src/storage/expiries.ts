import { randomUUID } from 'node:crypto';
import { type Key, keysIn, type Reader, type Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf, timeOfPart, timePart } from './key.js';
import { parseJson, putJson } from './value.js';

// Tokens, codes and the like expire unused. An index by time lists the keys to remove.

/**
 * Has the sweeper remove `keys` some time after `time` (milliseconds since the epoch), if they are still there. What is put
 * under one of them again must not last longer, unless the note is taken back by {@link keep}.
 *
 * @param name of the note, if it may be withdrawn
 */
export function removeLater(
  transaction: Transaction,
  time: number,
  keys: readonly Key[],
  name = randomUUID() as string,
): void {
  const noted = keys.map((each) => Buffer.from(each).toString('base64'));
  putJson(transaction, noteKey(time, name), noted);
}

/** Withdraws a note that {@link removeLater} made under a name for a time. */
export function keep(transaction: Transaction, time: number, name: string): void {
  transaction.remove(noteKey(time, name));
}

/** The keys of the notes of what expired before `time`, the earliest first. */
export function* notesBefore(reader: Reader, time: number): Generator<Key> {
  for (const note of keysIn(reader, keysUnder('expiry'))) {
    if (timeOfPart(partsOf(note)[1] as string) >= time) return;
    yield note;
  }
}

/** The keys that a note says are to be removed. */
export function notedKeys(reader: Reader, note: Key): Key[] {
  const value = reader.get(note);
  return value === undefined ? [] : parseJson<string[]>(value).map((each) => Buffer.from(each, 'base64'));
}

function noteKey(time: number, name: string): Key {
  return key('expiry', timePart(time), name);
}
