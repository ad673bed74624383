import { BadRequest } from '../common/errors.js';
import { inSlices } from '../common/in-slices.js';
import { type JsonObject, MOST_VALUES, parseObject } from '../json/json.js';
import { parsingObject, TooManyValues } from '../json/large-json.js';

/** From this many bytes on, a body is parsed in slices between which others are served. */
export const LARGE_BODY = 64 * 1024;

/** @throws BadRequest when the body is not a JSON object */
export function readBody(body: Buffer, contentType: string | undefined): JsonObject {
  try {
    return parseObject(decode(body, contentType));
  } catch (error) {
    throw asBadRequest(error, MOST_VALUES);
  }
}

/** @returns what returns the body or throws as {@link readBody}, or because there are more than `mostValues` in it */
export async function readLargeBody(
  body: Buffer,
  contentType: string | undefined,
  mostValues = MOST_VALUES,
): Promise<() => JsonObject> {
  try {
    const bytes = isUtf8(charsetOf(contentType)) ? body : Buffer.from(decode(body, contentType));
    const object = await inSlices(parsingObject(bytes, mostValues));
    return () => object;
  } catch (error) {
    return () => {
      throw asBadRequest(error, mostValues);
    };
  }
}

function asBadRequest(error: unknown, mostValues: number): unknown {
  if (error instanceof SyntaxError) return new BadRequest('Invalid Json Input');
  if (error instanceof TooManyValues) return new BadRequest(`The JSON input has more than ${mostValues} values`);
  return error;
}

/** @throws BadRequest when the character set is unknown */
function decode(body: Buffer, contentType: string | undefined): string {
  const charset = charsetOf(contentType);
  if (isUtf8(charset)) return body.toString();
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    throw new BadRequest(`Unknown character set '${charset}' in the content-type header`);
  }
}

function charsetOf(contentType: string | undefined): string | undefined {
  return contentType && /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1];
}

function isUtf8(charset: string | undefined): boolean {
  return !charset || /^utf-?8$/i.test(charset);
}
