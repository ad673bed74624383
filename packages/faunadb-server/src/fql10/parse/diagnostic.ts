import type { Source, Span } from './span.js';

/**
 * A message about a position in a text, with hints about others. `name` begins the first line: `error`, `warning`, `hint`,
 * `cause`, `trace`, `info`, …, or is empty.
 */
export interface Diagnostic {
  readonly name: string;
  readonly message: string;
  readonly span: Span;
  /** Printed beside the underlined part. */
  readonly annotation?: string;
  readonly hints?: readonly Hint[];
  /** An `info` in one line, without an excerpt. */
  readonly brief?: boolean;
}

/** A hint. With a suggestion, its excerpt shows the text with a part removed (empty), added (empty span) or replaced. */
export interface Hint {
  readonly name: string;
  readonly message: string;
  readonly span: Span;
  readonly suggestion?: string;
}

export const error = (
  message: string,
  span: Span,
  more: { annotation?: string; hints?: readonly Hint[] } = {},
): Diagnostic => ({
  name: 'error',
  message,
  span,
  ...more,
});
export const hint = (message: string, span: Span, suggestion?: string): Hint => ({
  name: 'hint',
  message,
  span,
  ...(suggestion === undefined ? {} : { suggestion }),
});
export const cause = (message: string, span: Span): Hint => ({ name: 'cause', message, span });

/** Finds the text of a source that does not include it. */
export type Texts = (source: Source) => string | undefined;

/** The character that stands for a value in a template's text; shown as `<`. */
export const TEMPLATE_SIGN = '\u0000';

const textOf = (source: Source, texts: Texts) => source.text ?? texts(source);

/** Renders a message with its excerpt, followed by its hints. */
export function render(diagnostic: Diagnostic, texts: Texts = () => undefined): string {
  const text = textOf(diagnostic.span.source, texts);
  const line = text === undefined ? 0 : lineNumber(text, diagnostic.span.start);
  const body = diagnostic.brief === true ? brief(diagnostic, line) : rendered(diagnostic, text, '^', undefined);
  const hints = (diagnostic.hints ?? []).map((each) =>
    renderHint(each, texts, { line, source: diagnostic.span.source }),
  );
  return [body, ...hints].join('\n');
}

interface Parent {
  readonly line: number;
  readonly source: Source;
}

function renderHint(given: Hint, texts: Texts, parent: Parent): string {
  const { span, suggestion } = given;
  const text = textOf(span.source, texts);
  if (suggestion === undefined || suggestion === '')
    return rendered(given, text, suggestion === undefined ? '^' : '-', parent);
  const underline = span.start === span.end ? '+' : '~';
  const changed = text === undefined ? undefined : text.slice(0, span.start) + suggestion + text.slice(span.end);
  return rendered({ ...given, span: { ...span, end: span.start + suggestion.length } }, changed, underline, parent);
}

function firstLine({ name, message }: { name: string; message: string }): string {
  if (name === '') return '';
  return message === '' ? `${name}:` : `${name}: ${message}`;
}

function brief({ name, message, span }: Diagnostic, line: number): string {
  const place = span.source.name === '*null*' ? '<no source>' : `${span.source.name}:${line}`;
  return `${name} at ${place}: ${message}`;
}

function rendered(
  given: { name: string; message: string; span: Span; annotation?: string },
  text: string | undefined,
  underline: string,
  parent: Parent | undefined,
): string {
  const lines: string[] = [];
  const first = firstLine(given);
  if (first !== '') lines.push(first);
  if (text === undefined) return [...lines, 'at <no source>'].join('\n');
  const { excerpt, line, column } = annotate(given.span, text, given.annotation ?? '', underline);
  const source = given.span.source.name;
  if (parent === undefined || parent.line !== line || parent.source.name !== source) {
    lines.push(`at ${source === '*null*' ? '' : `${source}:`}${line}:${column}`);
  }
  return [...lines, excerpt].join('\n');
}

/** Remembers the last result: most messages are about one text. */
function remembering<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly result: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, result: compute(text) };
    return last.result;
  };
}

/** The positions of a text's line feeds. */
const lineFeedsOf = remembering((text) => Array.from(text.matchAll(/\n/g), ({ index }) => index));

/** The line number of a position, from 1. */
export function lineNumber(text: string, position: number): number {
  const lineFeeds = lineFeedsOf(text);
  let [from, to] = [0, lineFeeds.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((lineFeeds[middle] as number) < position) from = middle + 1;
    else to = middle;
  }
  return from + 1;
}

/** The lines of a text, with their line ends. */
const linesOf = remembering((text): readonly string[] => text.match(/[^\n\r]*(?:\r\n|[\n\r])|[^\n\r]+$/g) ?? []);

/** The lines around a span, with the span underlined, and the position of its start. */
export function annotate(
  span: Span,
  given: string,
  message: string,
  underline: string,
): { excerpt: string; line: number; column: number } {
  const trimmed = given.trimEnd();
  let { start, end } = span;
  let text = given;
  if (start > trimmed.length) {
    // An error at the end of the text is shown after the last visible character.
    end -= start - trimmed.length;
    start = trimmed.length;
    text = trimmed;
  }
  const shown = trimmed === '' ? ' ' : trimmed;
  const length = end - start;
  const before = lineNumber(text, start) - 1;
  let scanned = before === 0 ? 0 : text.lastIndexOf('\n', Math.min(start, text.length) - 1) + 1;
  const lines = linesOf(shown);
  let next = before;
  let line = before;
  let column = -1;
  let out: [prefix: string, gutter: string, text: string][] = [];
  const visible = (each: string) => each.replaceAll(TEMPLATE_SIGN, '<');
  while (scanned <= start && next < lines.length) {
    const current = lines[next] as string;
    const number = ++next;
    out = [];
    if (scanned + current.length <= start && next < lines.length) out.push(['| ', '', current]);
    else {
      const indent = start - scanned;
      line = number;
      column = indent + 1;
      out.push([`${line} | `, '', visible(current)]);
      if (!(indent + length > current.length && next < lines.length)) {
        const mark = `${' '.repeat(indent)}${underline.repeat(Math.max(0, length))}`;
        out.push(['| ', '', message === '' ? mark : `${mark} ${message}`]);
      } else {
        out.push(['| ', ' _', '_'.repeat(indent) + underline]);
        let rest = length - (current.length - indent);
        while (rest > 0) {
          const following = lines[next] as string;
          out.push([`${++next} | `, '| ', visible(following)]);
          const after = rest - following.length;
          if (after <= 0 || next >= lines.length) {
            out.push(['| ', '|_', `${'_'.repeat(rest - 1)}^`]);
            rest = 0;
          } else rest = after;
        }
      }
    }
    scanned += current.length;
  }
  const prefixWidth = Math.max(2, ...out.map(([prefix]) => prefix.length));
  const gutterWidth = Math.max(0, ...out.map(([, gutter]) => gutter.length));
  const excerpt = [['| ', '', ''] as const, ...out, ['| ', '', ''] as const]
    .map(([prefix, gutter, each]) => `${prefix.padStart(prefixWidth)}${gutter.padStart(gutterWidth)}${each}`.trimEnd())
    .join('\n');
  return { excerpt, line, column };
}
