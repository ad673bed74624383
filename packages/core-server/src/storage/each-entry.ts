import type { Entry, Key, Outcome, Reader } from '@supertokens-faunadb/store';
import { settled } from './settled.js';

/** Milliseconds to go through entries before others are served. */
const SLICE = 5;

/**
 * Goes through the entries of a range that may be long. Others are served now and then, and what they write meanwhile may be
 * seen or not.
 *
 * @param run `read` or `transact` of a store: several transactions, each of some entries
 * @param visit returns `false` when it has had enough
 * @returns once all that was read and written is durable
 */
export async function eachEntry<View extends Reader>(
  run: <T>(work: (view: View) => T) => Outcome<T>,
  range: { readonly start: Key; readonly end: Key },
  visit: (view: View, entry: Entry) => boolean,
): Promise<void> {
  let { start } = range;
  const slice = (view: View): boolean => {
    const until = performance.now() + SLICE;
    for (const entry of view.range({ start, end: range.end })) {
      if (!visit(view, entry)) return true;
      if (performance.now() < until) continue;
      start = Buffer.concat([entry.key, Buffer.of(0)]);
      return false;
    }
    return true;
  };
  while (!(await settled(run(slice)))) await new Promise(setImmediate);
}
