// Bodies of the type `multipart/form-data`.

/** A part of a body: its name and its text. */
export interface Part {
  readonly name: string;
  readonly text: string;
}

/** Whether a body consists of parts. */
export const isMultipart = (contentType: string | undefined): contentType is string =>
  /^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType ?? '');

/** The text between the parts of a body; `undefined` if its type does not say it. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

const HEADERS_END = '\r\n\r\n';
/** The longest headers of a part, in bytes. */
const MAX_HEADERS = 16 * 1024;

/** The named parts of a body, up to a number. What has no name or no end, or longer headers than allowed, is no part. */
export function partsOf(body: Buffer, boundary: string, most: number): Part[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter may begin the body.
  const bytes = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: Part[] = [];
  let start = bytes.indexOf(delimiter);
  for (let seen = 0; start >= 0 && seen < most; seen++) {
    start += delimiter.length;
    const end = bytes.indexOf(delimiter, start);
    if (end < 0) break;
    const part = partOf(bytes.subarray(start, end));
    if (part !== undefined) parts.push(part);
    start = end;
  }
  return parts;
}

function partOf(bytes: Buffer): Part | undefined {
  const end = bytes.indexOf(HEADERS_END);
  if (end < 0 || end > MAX_HEADERS) return undefined;
  const headers = bytes.subarray(0, end).toString('utf8');
  const disposition = /^content-disposition:([^\r\n]*)/im.exec(headers)?.[1] ?? '';
  const found = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
  const name = found?.[1] ?? found?.[2];
  if (name === undefined) return undefined;
  // Browsers escape quotes and line ends by percent signs, others by backslashes.
  const unescaped = name.replace(/\\(.)/g, '$1').replace(/%(22|0D|0A)/gi, (escaped) => decodeURIComponent(escaped));
  return { name: unescaped, text: bytes.subarray(end + HEADERS_END.length).toString('utf8') };
}
