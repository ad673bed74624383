import type { Store } from '@supertokens-faunadb/store';
import { key, keysUnder } from './key.js';
import { settled } from './settled.js';
import { getJson, putJson } from './value.js';

/** The format of the data. Absent in format 1. */
const FORMAT = key('format');
const CURRENT = 3;

/** Converts the data from one format to the next. It can be interrupted and run again. */
export type Migration = (store: Store) => Promise<void>;

/**
 * Migrates a store's data to the format of this version.
 *
 * @param migrations by the format that they start from
 * @throws {Error} when a newer version wrote the data
 */
export async function bringUpToDate(store: Store, migrations: Readonly<Record<number, Migration>>): Promise<void> {
  const { value: stored } = store.read((reader) => {
    const isNew = Array.from(reader.range(keysUnder('tenant'))).length === 0;
    return getJson<number>(reader, FORMAT) ?? (isNew ? undefined : 1);
  });
  if (stored !== undefined && stored > CURRENT) {
    throw new Error(
      `The data have format ${stored}, written by a newer version. This version reads formats up to ${CURRENT}.`,
    );
  }
  for (let format = stored ?? CURRENT; format < CURRENT; format++) await migrations[format]?.(store);
  if (stored !== CURRENT) await settled(store.transact((transaction) => putJson(transaction, FORMAT, CURRENT)));
}
