/**
 * The text that spans refer to. `name` identifies it in errors: `*query*`, `*udf:name*`, `*predicate:name*`, or a schema
 * file's name. Without `text`, it is looked up by name when an error is rendered.
 */
export interface Source {
  readonly name: string;
  readonly text?: string;
}

/** A range of a source's text, from `start` up to, but not including, `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly source: Source;
}

export const NULL_SOURCE: Source = { name: '*null*' };
/** For values that come from a set's cursor instead of a text. */
export const DECODED_SOURCE: Source = { name: '*decoded_set*' };
export const NULL_SPAN: Span = { start: 0, end: 0, source: NULL_SOURCE };
export const DECODED_SPAN: Span = { start: 0, end: 0, source: DECODED_SOURCE };

export const querySource = (text: string): Source => ({ name: '*query*', text });
export const functionSource = (name: string, text?: string): Source => ({
  name: `*udf:${name}*`,
  ...(text === undefined ? {} : { text }),
});

/** The span from the start of one to the end of another. */
export const through = (from: Span, to: Span): Span => ({ start: from.start, end: to.end, source: from.source });

/** The real server's order of spans: sources with starred names first, then by name and position. */
export function compareSpans(a: Span, b: Span): number {
  if (a.source.name !== b.source.name) {
    const starredA = a.source.name.startsWith('*');
    if (starredA !== b.source.name.startsWith('*')) return starredA ? -1 : 1;
    return a.source.name < b.source.name ? -1 : 1;
  }
  return a.start - b.start || a.end - b.end;
}
