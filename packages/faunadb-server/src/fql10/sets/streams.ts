import { Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { Doc, EventSource } from '../evaluate/values.js';
import { IndexSet } from './index-set.js';
import { MapSet, SingletonSet, type SizedSet, WhereSet } from './kinds.js';
import type { PagedValue } from './set.js';

type Paths = readonly (readonly (string | number)[])[];

/** Where a stream's events come from: one document, all of a collection, or those in an index. */
export type Origin = Doc | IndexSet;

/** How a stream's documents are filtered and changed before they are shown. */
export type Step = WhereSet | MapSet;

/**
 * The source of a stream of a set's changes. `onlyFields`: whether a list of watched fields was given, even an empty one.
 *
 * @throws {RuntimeFailure} if the set cannot be streamed, or not by this query
 */
export function eventSource(
  context: Context,
  set: PagedValue,
  watched: Paths,
  method: string,
  onlyFields = false,
): EventSource {
  const reason = set.streamRefusal();
  if (reason !== undefined) throw errors.invalidReceiver(method, reason, context.trace);
  checkPermission(context, originOf(set).origin);
  if (onlyFields) checkWatched(context, set, watched);
  return new EventSource(set, context.systemTime, watched);
}

/** Splits a streamable set into the documents it begins with and what it does to them, in order. */
export function originOf(set: PagedValue): { readonly origin: Origin; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  for (let inner = set; ; ) {
    if (inner instanceof IndexSet) return { origin: inner, steps: steps.reverse() };
    if (inner instanceof SingletonSet) return { origin: inner.value as Doc, steps: steps.reverse() };
    if (inner instanceof WhereSet || inner instanceof MapSet) steps.push(inner);
    inner = (inner as WhereSet | MapSet | SizedSet).inner;
  }
}

function checkPermission(context: Context, origin: Origin): void {
  const { host, trace } = context;
  const { permissions, scope } = host.auth;
  if (origin instanceof Doc) {
    if (permissions.mayRead(host, origin.ref)) return;
    throw errors.permissionDenied(trace, 'Insufficient privileges to create a stream on the source document.');
  }
  const { id, name } = origin.collection;
  if (permissions.mayReadCollection(host, new Ref(scope, id, 0n))) return;
  throw errors.permissionDenied(trace, `Insufficient privileges to read from collection ${name}.`);
}

/** Only what the source itself knows can be watched: anything of a document, or what an index holds. */
function checkWatched(context: Context, set: PagedValue, watched: Paths): void {
  if (set instanceof SingletonSet) return;
  if (!(set instanceof IndexSet)) {
    throw errors.invalidReceiver('.changesOn()', 'it was not called on the source set.', context.trace);
  }
  if (set.source.kind === 'all') return;
  const covered = new Set(set.source.covering.fields.map(shownPath));
  if (covered.has('ts')) return;
  const missing = watched.map(shownPath).filter((path) => path !== 'id' && !covered.has(path));
  if (missing.length === 0) return;
  const fields = missing.map((path) => `\`${path}\``).join(', ');
  throw errors.invalidArgument('fields', `${fields} not covered by the \`${set.name}\` index.`, context.trace);
}

const shownPath = (path: readonly (string | number)[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
