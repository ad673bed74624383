import type { Store } from '@supertokens-faunadb/store';
import { key, keysUnder } from './key.js';
import { settled } from './settled.js';
import { getJson, putJson } from './value.js';

/** Which form the data have. In the first one nothing says so. */
const FORMAT = key('format');
const CURRENT = 3;

/** Brings the data of a step's format into the next one; begins anew where it was interrupted. */
export type Migration = (store: Store) => Promise<void>;

/**
 * Brings a store's data into the form that this version reads.
 *
 * @param migrations by the format that they begin with
 * @throws {Error} when a newer version wrote them
 */
export async function bringUpToDate(store: Store, migrations: Readonly<Record<number, Migration>>): Promise<void> {
  const { value: stored } = store.read((reader) => {
    const isNew = Array.from(reader.range(keysUnder('tenant'))).length === 0;
    return getJson<number>(reader, FORMAT) ?? (isNew ? undefined : 1);
  });
  if (stored !== undefined && stored > CURRENT) {
    throw new Error(
      `The data are of format ${stored}, which a newer version has written: this one reads formats up to ${CURRENT}.`,
    );
  }
  for (let format = stored ?? CURRENT; format < CURRENT; format++) await migrations[format]?.(store);
  if (stored !== CURRENT) await settled(store.transact((transaction) => putJson(transaction, FORMAT, CURRENT)));
}
