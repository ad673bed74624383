import { randomUUID } from 'node:crypto';
import type { Key, Reader, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf, timeOfPart, timePart } from './key.js';
import { parseJson, putJson } from './value.js';

// Tokens, codes and the like expire unused. An index by time lists the keys to remove.

/**
 * Has the sweeper remove `keys` some time after `time` (milliseconds since the epoch), if they are still there. What is put
 * under one of them again must not last longer, unless the note is taken back by {@link keep}.
 *
 * @param name of the note, where it may have to be taken back
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

/** Takes back what {@link removeLater} noted under a name for a time. */
export function keep(transaction: Transaction, time: number, name: string): void {
  transaction.remove(noteKey(time, name));
}

/** What expired before `time`, earliest first: the key of each note, and the keys in it. */
export function* expiredBefore(reader: Reader, time: number): Generator<{ note: Key; keys: Key[] }> {
  for (const { key: note, value } of reader.range(keysUnder('expiry'))) {
    if (timeOfPart(partsOf(note)[1] as string) >= time) return;
    yield { note, keys: parseJson<string[]>(value).map((each) => Buffer.from(each, 'base64')) };
  }
}

function noteKey(time: number, name: string): Key {
  return key('expiry', timePart(time), name);
}
