import type { EventSource } from '../evaluate/values.js';
import { encodeSet } from './cursors.js';
import type { PagedValue } from './set.js';

/** What a stream is opened with, as text. `time` is when it starts where it does not say. */
export function encodeEventSource({ set, start, watched }: EventSource, time: bigint): string {
  const json = ['events', encodeSet(set as PagedValue), String(start ?? time), watched];
  return Buffer.from(JSON.stringify(json)).toString('base64');
}
