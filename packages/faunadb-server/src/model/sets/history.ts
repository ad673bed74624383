import { ByteWriter } from '../../storage/bytes.js';
import { writeOrdered } from '../../storage/order.js';
import type { Ref } from '../../values/values.js';
import { sourcesOf } from './merge.js';
import type { HistoryItem } from './set.js';

/** A position in a history. */
export interface Moment {
  readonly ts: bigint;
  readonly event: { readonly action: keyof typeof ACTION_RANK; readonly ref: Ref };
  readonly order: Buffer;
}

/** The order of actions where all else is equal. */
export const ACTION_RANK = { add: 0, create: 1, update: 2, delete: 3, remove: 4 } as const;

/** The order of events in an index: at one time removals, then additions; within each, by document. */
export function compareKept(a: Moment, b: Moment): number {
  return compareTimes(a, b) || compareActions(b, a) || comparePlaces(a, b);
}

/** The order of merged histories of several sets: at one time additions, then removals; within each, by document. */
export function compareMerged(a: Moment, b: Moment): number {
  return compareTimes(a, b) || compareActions(a, b) || comparePlaces(a, b);
}

/** The order of events before a page's cursor: at one time by document; for each, removals, then additions. */
export function comparePaged(a: Moment, b: Moment): number {
  return compareTimes(a, b) || compareRefs(a, b) || compareActions(b, a) || Buffer.compare(a.order, b.order);
}

/** Merges histories, each with an order of its own. Events that several have appear once. */
export function mergeHistories(histories: readonly (readonly HistoryItem[])[]): HistoryItem[] {
  const byTime = new Map<bigint, HistoryItem[][]>();
  for (const history of histories) {
    let run: HistoryItem[] | undefined;
    for (const item of history) {
      if (run !== undefined && run[0]!.ts === item.ts) {
        run.push(item);
        continue;
      }
      run = [item];
      const runs = byTime.get(item.ts);
      if (runs) runs.push(run);
      else byTime.set(item.ts, [run]);
    }
  }
  const times = [...byTime].sort(([a], [b]) => (a < b ? -1 : 1));
  return times.flatMap(([, runs]) => onceEach(mergeRuns(runs)));
}

/** Repeatedly takes the least of the next items, as FaunaDB does, although a run may not be sorted that way. */
function mergeRuns(runs: readonly (readonly HistoryItem[])[]): readonly HistoryItem[] {
  if (runs.length === 1) return runs[0]!;
  if (runs.every((run) => run.length === 1)) return runs.flat().sort(compareMerged);
  const next = runs.map((run) => ({ run, at: 0 }));
  const merged: HistoryItem[] = [];
  for (let left = next; left.length > 0; left = left.filter(({ run, at }) => at < run.length)) {
    const heads = left.map(({ run, at }) => run[at]!);
    const least = heads.reduce((a, b) => (compareMerged(b, a) < 0 ? b : a));
    // An item that comes next in several runs is taken from all of them at once.
    for (const [i, head] of heads.entries()) {
      if (compareMerged(head, least) !== 0) continue;
      merged.push(head);
      left[i]!.at++;
    }
  }
  return merged;
}

function onceEach(items: readonly HistoryItem[]): HistoryItem[] {
  const groups: HistoryItem[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    if (group && compareMerged(group[0]!, item) === 0) group.push(item);
    else groups.push([item]);
  }
  return groups.map((group) => (group.length === 1 ? group[0]! : { ...group.at(-1)!, sources: sourcesOf(group) }));
}

function compareTimes(a: Moment, b: Moment): number {
  return a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1;
}

function compareActions(a: Moment, b: Moment): number {
  return ACTION_RANK[a.event.action] - ACTION_RANK[b.event.action];
}

function comparePlaces(a: Moment, b: Moment): number {
  return compareRefs(a, b) || Buffer.compare(a.order, b.order);
}

function compareRefs({ event: { ref: a } }: Moment, { event: { ref: b } }: Moment): number {
  return Buffer.compare(orderOfRef(a), orderOfRef(b));
}

/** Bytes that sort as a ref does. */
export function orderOfRef(ref: Ref): Buffer {
  const writer = new ByteWriter(16);
  writeOrdered(writer, ref);
  return writer.result();
}
