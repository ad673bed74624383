/** A specifier of a format string, such as `%1$-10.3f` or `%tH`. */
export interface Specifier {
  /** The text for error messages: without the index of its value. */
  readonly text: string;
  /** The index of the value to print, from 1; 0 for the next one. */
  readonly index: number;
  /** Any of `-#+ 0,(<`. */
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  /** `t` or `T` before the conversion of a date or time. */
  readonly dateTime: 't' | 'T' | undefined;
  /** The conversion letter; empty for a plain time. */
  readonly conversion: string;
}

/** Thrown if a specifier has flags, a width or a precision that its conversion does not allow. */
export class IllegalFormat extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'IllegalFormat';
}

/** Thrown by `parseFormat`; the message is the piece of the format string with an unknown conversion. */
export class UnknownConversion extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'UnknownConversion';
}

const SPECIFIER = /%(?:(\d+)\$)?(([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT])?([a-zA-Z%@^])?)/g;
const CONVERSIONS = 'feEgGdxXosSbB@^';
// The real server's limit is its memory. No page of text is wider than this.
const MAX_SIZE = 65_536;

/**
 * Splits a format string into literal text and specifiers.
 *
 * @throws UnknownConversion
 */
export function parseFormat(format: string): (string | Specifier)[] {
  const pieces: (string | Specifier)[] = [];
  let end = 0;
  for (const match of format.matchAll(SPECIFIER)) {
    if (match.index > end) pieces.push(format.slice(end, match.index));
    pieces.push(parsePiece(match));
    end = match.index + match[0].length;
  }
  if (end < format.length) pieces.push(format.slice(end));
  return pieces;
}

function parsePiece(match: RegExpExecArray): string | Specifier {
  const [whole, index = '0', text, flags = '', width, precision, dateTime, conversion = ''] = match;
  if (dateTime === undefined) {
    if (conversion === '%') return '%';
    if (conversion === 'n') return '\n';
    if (conversion === '' || !CONVERSIONS.includes(conversion)) throw new UnknownConversion(whole);
  }
  return {
    text: `%${text}`,
    index: Number(index),
    flags,
    width: width === undefined ? undefined : Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    dateTime: dateTime as Specifier['dateTime'],
    conversion,
  };
}

/**
 * Checks the rules of all conversions, then that no flag is set that this one does not allow.
 *
 * @throws IllegalFormat
 */
export function check({ flags, width, precision }: Specifier, refused: string): void {
  const illegal =
    new Set(flags).size < flags.length ||
    flags.includes('<') ||
    [...refused].some((flag) => flags.includes(flag)) ||
    (/[-0]/.test(flags) && width === undefined) ||
    (flags.includes('-') && flags.includes('0')) ||
    (flags.includes('+') && flags.includes(' ')) ||
    (width ?? 0) > MAX_SIZE ||
    (precision ?? 0) > MAX_SIZE;
  if (illegal) throw new IllegalFormat();
}

/** Pads a text to the specifier's width, and upper-cases it if the conversion is upper case. */
export function justify(text: string, { width = 0, flags, conversion, dateTime }: Specifier): string {
  const upper = dateTime === undefined ? conversion === conversion.toUpperCase() : dateTime === 'T';
  const cased = upper ? text.toUpperCase() : text;
  return flags.includes('-') ? cased.padEnd(width) : cased.padStart(width);
}
