import { doubleText } from '@supertokens-faunadb/java/numbers';
import type { SchemaFile } from '../server/fauna-server.js';
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

  async #send(path: string, { headers, ...options }: RequestInit = {}): Promise<Response> {
    const authorized = { authorization: `Bearer ${this.#secret}`, ...headers };
    return fetch(this.#url + path, { ...options, headers: authorized }).catch((error: Error) => {
      const cause: NodeJS.ErrnoException = error.cause instanceof Error ? error.cause : error;
      // When all addresses of a name fail, the error has only a code.
      const reason = cause.message || cause.code;
      throw new Error(`${this.#url} does not answer (${reason}): start the server, or give its address by --url.`);
    });
  }

  /** The files of the schema of FQL v10; none from a server that does not have them. */
  async schemaFiles(): Promise<SchemaFile[]> {
    const listed = await this.#send('/schema/1/files');
    const answer = answerOf(await listed.text());
    const names = listed.ok ? field(answer, 'files') : undefined;
    if (!Array.isArray(names)) return [];
    const files: SchemaFile[] = [];
    for (const each of names) {
      const name = String(field(each, 'filename'));
      const read = await this.#send(`/schema/1/files/${encodeURIComponent(name)}`);
      const text = field(answerOf(await read.text()), 'content');
      if (typeof text !== 'string') throw new Error(`The schema file ${name} cannot be read (status ${read.status}).`);
      files.push({ name, text });
    }
    return files;
  }

  /** Whether a schema is staged in the database; `false` from a server that cannot stage any. */
  async isStaged(): Promise<boolean> {
    const answered = await this.#send('/schema/1/staged/status');
    const status = field(answerOf(await answered.text()), 'status');
    return answered.ok && typeof status === 'string' && status !== 'none';
  }

  /** Sends schema files to an endpoint. @throws {Error} if they are refused */
  async sendSchema(endpoint: string, files: readonly SchemaFile[]): Promise<JsonValue | undefined> {
    const form = new FormData();
    for (const { name, text } of files) form.append(name, new Blob([text]), name);
    const response = await this.#send(`/schema/1/${endpoint}`, { method: 'POST', body: form });
    const answer = answerOf(await response.text());
    if (response.ok) return answer;
    const message = field(answer, 'error', 'message') ?? `status ${response.status}`;
    throw new Error(`${this.#url} refuses the schema: ${message}`);
  }

  /** @throws {RemoteError} if the answer is an error, {Error} if there is no answer. */
  async query(text: string): Promise<JsonValue> {
    const headers = { 'content-type': 'application/json', 'x-faunadb-api-version': '4' };
    const response = await this.#send('', { method: 'POST', headers, body: text });
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
