import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { EventSource } from '../evaluate/values.js';
import { SingletonSet } from './kinds.js';
import type { PagedValue } from './set.js';

/** The source of a stream of a set's changes. `onlyFields`: whether a list of watched fields was given, even an empty one. */
export function eventSource(
  context: Context,
  set: PagedValue,
  watched: readonly (readonly (string | number)[])[],
  method: string,
  onlyFields = false,
): EventSource {
  const reason = set.streamRefusal();
  if (reason !== undefined) throw errors.invalidReceiver(method, reason, context.trace);
  if (onlyFields && set.kind !== 'index' && !(set instanceof SingletonSet)) {
    throw errors.invalidReceiver('.changesOn()', 'it was not called on the source set.', context.trace);
  }
  return new EventSource(set, context.systemTime, watched);
}
