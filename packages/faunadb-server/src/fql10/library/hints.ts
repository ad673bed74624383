import type { Context } from '../evaluate/context.js';
import type { PagedValue } from '../sets/set.js';

/** Adds a hint, if hints are requested, that a method reads a whole set of documents. */
export function hintFullRead(context: Context, set: PagedValue, method: string): void {
  if (!context.session.performanceHints || !set.isUnbounded) return;
  context.log({
    name: 'performance_hint',
    message: `full_set_read - Using ${method}() causes the full set to be read. See https://docs.fauna.com/performance_hint/full_set_read.`,
    span: context.span,
  });
}

/** Adds a hint, if hints are requested, that a method may read all documents of a collection. */
export function hintScan(context: Context, collection: string, method: string): void {
  if (!context.session.performanceHints) return;
  const message = `collection_scan - Using ${method}() on collection ${collection} can cause a read of every document. See https://docs.fauna.com/performance_hint/collection_scan.`;
  context.log({ name: 'performance_hint', message, span: context.span });
}
