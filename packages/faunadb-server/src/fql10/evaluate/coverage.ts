// Hints about fields that are read from a document, although the index in which it was found does not hold them.
import type { Span } from '../parse/span.js';
import type { Context } from './context.js';
import { Struct, type Value } from './values.js';

type Path = readonly (string | number)[];

/** The index in which a query found a document, and where. */
export interface Covering {
  /** With its collection: `Book.byAuthor`. */
  readonly index: string;
  /** The fields that it holds. */
  readonly fields: readonly Path[];
  readonly span: Span;
}

interface Part {
  readonly covering: Covering;
  readonly path: Path;
  readonly span: Span;
}

/** The objects that were read from documents found in indexes, while hints are requested. */
const parts = new WeakMap<Struct, Part>();

/** Notes that a query read a field of a document, or of an object in one. */
export function noteRead(context: Context, covering: Covering, path: Path, span: Span, value: Value): void {
  const isCovered = covering.fields.some((field) => startsWith(field, path) || startsWith(path, field));
  if (!isCovered && path.length > 0) hintUncovered(context, { covering, path, span });
  if (value instanceof Struct) parts.set(value, { covering, path, span });
}

/** The same for a field of an object, if this is a part of such a document. */
export function noteReadOf(context: Context, object: Struct, name: string, span: Span, value: Value): void {
  const part = context.session.performanceHints ? parts.get(object) : undefined;
  if (part) noteRead(context, part.covering, [...part.path, name], span, value);
}

/** Notes that the whole of an object is returned. */
export function noteReturned(context: Context, object: Struct): void {
  const part = context.session.performanceHints ? parts.get(object) : undefined;
  if (!part || part.path.length === 0) return;
  if (!part.covering.fields.some((field) => startsWith(part.path, field))) hintUncovered(context, part);
}

/** Notes that the whole of a document is returned. */
export function noteReturnedDocument(context: Context, { index, span }: Covering): void {
  hint(context, `Full documents returned from ${index}.`, span);
}

const startsWith = (path: Path, start: Path): boolean => start.every((key, i) => path[i] === key);

const hintUncovered = (context: Context, { covering, path, span }: Part): void =>
  hint(context, `${path.map((key) => `.${key}`).join('')} is not covered by the ${covering.index} index.`, span);

/** Adds a hint, once for each position. */
function hint(context: Context, what: string, span: Span): void {
  const { hinted } = context.session;
  const key = `${span.source.name} ${span.start} ${what}`;
  if (hinted.has(key)) return;
  hinted.add(key);
  const message = `non_covered_document_read - ${what} See https://docs.fauna.com/performance_hint/non_covered_document_read.`;
  context.log({ name: 'performance_hint', message, span });
}
