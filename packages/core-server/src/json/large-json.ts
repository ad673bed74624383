import { type Json, type JsonObject, MOST_LEVELS, withoutSurrogates } from './json.js';

/** Values between two steps. */
const PER_STEP = 256;

/** A JSON text has more values than are accepted. */
export class TooManyValues extends Error {
  override readonly name = 'TooManyValues';
}

/**
 * Parses a JSON object as `parseObject` does, but in steps, because a large text takes long. One string is one step.
 *
 * @param bytes in UTF-8
 * @param mostValues maximum elements and members, of all arrays and objects together
 * @throws SyntaxError as `parseObject` does
 * @throws TooManyValues
 */
export function* parsingObject(bytes: Uint8Array, mostValues: number): Generator<void, JsonObject> {
  const text = new Scanner(bytes);
  const whole: JsonObject = {};
  const open: (Json[] | JsonObject)[] = [whole];
  let isEmpty = true;
  text.expect('{');
  for (let values = 0; open.length > 0; ) {
    const inner = open.at(-1) as Json[] | JsonObject;
    if (text.takes(Array.isArray(inner) ? ']' : '}')) {
      open.pop();
      isEmpty = false;
      continue;
    }
    if (!isEmpty) text.expect(',');
    if (++values > mostValues) throw new TooManyValues();
    if (values % PER_STEP === 0) yield;
    const name = Array.isArray(inner) ? undefined : text.name();
    const nested = text.takes('[') ? [] : text.takes('{') ? {} : undefined;
    put(inner, name, nested ?? text.scalar());
    isEmpty = nested !== undefined;
    if (nested !== undefined && open.push(nested) > MOST_LEVELS) throw new SyntaxError('nested too deeply');
  }
  text.expectEnd();
  return whole;
}

/** Like {@link parsingObject}, at once. */
export function parseLargeObject(bytes: Uint8Array, mostValues: number): JsonObject {
  const steps = parsingObject(bytes, mostValues);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function put(into: Json[] | JsonObject, name: string | undefined, value: Json): void {
  if (Array.isArray(into)) into.push(value);
  else if (name !== '__proto__') into[name as string] = value;
  else Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true });
}

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads the parts of a JSON text. */
class Scanner {
  readonly #bytes: Buffer;
  #at: number;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.#at = BYTE_ORDER_MARK.equals(this.#bytes.subarray(0, 3)) ? 3 : 0;
  }

  /** Whether `sign` comes next; then it is read. */
  takes(sign: string): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== sign.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  expect(sign: string): void {
    if (!this.takes(sign)) throw new SyntaxError(`no ${sign}`);
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#at < this.#bytes.length) throw new SyntaxError('not one value');
  }

  /** The name of a member, with the colon after it. */
  name(): string {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== QUOTE) throw new SyntaxError('no name');
    const name = this.#string();
    this.expect(':');
    return name;
  }

  /** A value that is neither an array nor an object. */
  scalar(): Json {
    this.#skipSpace();
    if (this.#bytes[this.#at] === QUOTE) return this.#string();
    const start = this.#at;
    while (isOfWord(this.#bytes[this.#at])) this.#at++;
    const value = JSON.parse(this.#bytes.toString('latin1', start, this.#at)) as Json;
    // JSON.stringify would write it as null.
    if (typeof value === 'number' && !Number.isFinite(value)) throw new SyntaxError('exceeds 64 bits');
    return value;
  }

  #string(): string {
    const start = this.#at++;
    let isPlain = true;
    for (let byte = this.#bytes[this.#at]; byte !== QUOTE; byte = this.#bytes[++this.#at]) {
      if (byte === undefined) throw new SyntaxError('a string without an end');
      if (byte === BACKSLASH) this.#at++;
      if (byte === BACKSLASH || byte < 0x20 || byte > 0x7e) isPlain = false;
    }
    const end = this.#at++;
    if (isPlain) return this.#bytes.toString('latin1', start + 1, end);
    return withoutSurrogates(JSON.parse(this.#bytes.toString('utf8', start, end + 1)) as string);
  }

  #skipSpace(): void {
    for (let byte = this.#bytes[this.#at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; ) {
      byte = this.#bytes[++this.#at];
    }
  }
}

/** Whether a byte is a digit, a small letter, or one of `+-.E`: what numbers, `true`, `false` and `null` consist of. */
function isOfWord(byte: number | undefined): boolean {
  return (
    (byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a))) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x45
  );
}
