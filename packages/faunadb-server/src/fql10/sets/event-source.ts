// Sources of events as text. They hold no rights: whoever presents one is asked for permission again.
import type { Budget } from '../../values/budget.js';
import type { Context } from '../evaluate/context.js';
import { EventSource, isInt } from '../evaluate/values.js';
import type { Json } from '../parse/codec.js';
import { decodeSet, encodeSet } from './cursors.js';
import type { PagedValue } from './set.js';
import { eventSource } from './streams.js';

/** A source of events, parsed but not evaluated. */
export interface SourceText {
  readonly set: Json;
  /** When it was made, in µs. */
  readonly start: bigint;
  readonly watched: readonly (readonly (string | number)[])[];
}

/** Serialises a source. `time` is when it starts if it has no time of its own. */
export function encodeEventSource(budget: Budget, { set, start, watched }: EventSource, time: bigint): string {
  const json = ['events', encodeSet(budget, set as PagedValue), String(start ?? time), watched];
  return Buffer.from(JSON.stringify(json)).toString('base64');
}

/** Parses a source; `undefined` if the text is not one. */
export function parseEventSource(text: string): SourceText | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(text, 'base64').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(json) || json.length !== 4 || json[0] !== 'events') return undefined;
  const [, set, start, watched] = json;
  if (typeof start !== 'string' || !/^-?\d{1,18}$/.test(start) || !isPaths(watched)) return undefined;
  return { set: set as Json, start: BigInt(start), watched };
}

function isPaths(json: unknown): json is SourceText['watched'] {
  return (
    Array.isArray(json) &&
    json.every((path) => Array.isArray(path) && path.every((key) => typeof key === 'string' || isInt(key)))
  );
}

/** Recreates a source that was evaluated before with the same rights: they are not asked for again. @throws {NotAnExpression} */
export function knownEventSource(context: Context, { set, start, watched }: SourceText): EventSource {
  return new EventSource(decodeSet(context.with({ systemTime: start }), set), start, watched);
}

/** Evaluates a source in the context of whoever presents it. @throws {RuntimeFailure | NotAnExpression} */
export function evaluateEventSource(context: Context, { set, start, watched }: SourceText): EventSource {
  const inside = context.with({ systemTime: start });
  const method = watched.length === 0 ? '.eventSource()' : '.eventsOn()';
  return eventSource(inside, decodeSet(inside, set), watched, method, watched.length > 0);
}
