import { doubleText } from '@supertokens-faunadb/java/numbers';
import { JsonError, type JsonValue, parseJson } from '../values/json.js';
import { ObjectValue } from '../values/values.js';

/** An error that FaunaDB answered with. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  constructor(
    readonly status: number,
    readonly code: string,
    description: string,
  ) {
    super(description);
  }
}

/**
 * A client for the FaunaDB server at an address. It keeps values in their wire form and 64-bit integers exact; the
 * JavaScript driver would round them.
 */
export class Remote {
  readonly #url: string;
  readonly #secret: string;

  constructor(url: string, secret: string) {
    this.#url = url;
    this.#secret = secret;
  }

  /** @throws {RemoteError} if the answer is an error, {Error} if there is no answer. */
  async query(text: string): Promise<JsonValue> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#secret}`,
        'content-type': 'application/json',
        'x-faunadb-api-version': '4',
      },
      body: text,
    }).catch((error: Error) => {
      const cause: NodeJS.ErrnoException = error.cause instanceof Error ? error.cause : error;
      // When all addresses of a name fail, the error has only a code.
      const reason = cause.message || cause.code;
      throw new Error(`${this.#url} does not answer (${reason}): start the server, or give its address by --url.`);
    });
    const body = answerOf(await response.text());
    const errors = field(body, 'errors');
    if (Array.isArray(errors)) {
      const code = String(field(errors[0], 'code'));
      if (code === 'unauthorized') {
        const expected = 'set FAUNADB_SECRET to an admin secret of the database, or give its file by --secret-file.';
        throw new RemoteError(401, code, `${this.#url} does not know the secret: ${expected}`);
      }
      throw new RemoteError(
        response.status,
        code,
        `${code}: ${field(errors[0], 'description')}${failuresOf(errors[0])}`,
      );
    }
    const resource = field(body, 'resource');
    if (resource !== undefined) return resource;
    throw new Error(`${this.#url} does not answer as FaunaDB does (status ${response.status}): correct --url.`);
  }
}

/** Returns `undefined` for anything but JSON: FaunaDB did not send it. */
function answerOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** Returns a field of an object, or `undefined` if the value is not an object or has no such field. */
export function field(value: JsonValue | undefined, ...path: string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of path) found = found instanceof ObjectValue ? (found.fields.get(name) as JsonValue) : undefined;
  return found;
}

/** Returns an object without some of its fields. */
export function without(value: JsonValue, ...names: string[]): JsonValue {
  if (!(value instanceof ObjectValue)) return value;
  return new ObjectValue(new Map([...value.fields].filter(([name]) => !names.includes(name))));
}

/** Writes a value back exactly as it was read. */
export function textOf(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return doubleText(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (value instanceof ObjectValue) {
    return `{${[...value.fields].map(([name, v]) => `${JSON.stringify(name)}:${textOf(v as JsonValue)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

function failuresOf(error: JsonValue | undefined): string {
  const failures = field(error, 'failures');
  if (!Array.isArray(failures)) return '';
  const fields = failures.map((f) => `${textOf(field(f, 'field') ?? [])} ${field(f, 'description')}`);
  return ` (${fields.join('; ')})`;
}
