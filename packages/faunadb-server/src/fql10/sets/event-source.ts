import type { EventSource } from '../evaluate/values.js';
import { encodeSet } from './cursors.js';
import type { PagedValue } from './set.js';

/** The source of a stream as text. `time` is where it starts if it has no time of its own. */
export function encodeEventSource({ set, start, watched }: EventSource, time: bigint): string {
  const json = ['events', encodeSet(set as PagedValue), String(start ?? time), watched];
  return Buffer.from(JSON.stringify(json)).toString('base64');
}
