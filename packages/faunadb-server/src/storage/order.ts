import { Bytes, DateValue, Lambda, ObjectValue, Ref, Time, Uuid } from '../values/values.js';
import { ByteWriter } from './bytes.js';
import { writeSortKey } from './collation.js';
import type { StoredValue } from './data.js';
import { hashed } from './hashed.js';

/**
 * The order of kinds in FaunaDB: numbers, bytes, strings, arrays, objects, refs, times, dates, lambdas, UUIDs,
 * booleans, null. 0 ends arrays and objects, and sorts before anything that could follow.
 */
const RANK = {
  number: 0x10,
  bytes: 0x20,
  string: 0x30,
  array: 0x40,
  object: 0x50,
  ref: 0x60,
  time: 0x68,
  date: 0x70,
  lambda: 0x78,
  uuid: 0x80,
  false: 0x90,
  true: 0x91,
  null: 0xa0,
} as const;

const SIGN = 1n << 63n;
const NANOS = 1_000_000_000n;

/**
 * The most bytes that one value takes in a key. A longer value is sorted by its beginning and distinguished by a
 * hash.
 */
const MAX_BYTES = 400;

/** The most bytes that values take together, because keys have a maximum length. */
const MAX_LIST_BYTES = 1600;

const scratch = new DataView(new ArrayBuffer(8));

/**
 * Writes a value so that bytes compare as FaunaDB compares the values, and no value's bytes are a prefix of another's.
 * An integer and a double of the same magnitude differ, the integer first. The order of an object's fields does not matter.
 *
 * @param reverse whether the bytes sort in reverse
 */
export function writeOrdered(writer: ByteWriter, value: StoredValue, reverse = false): void {
  const start = writer.length;
  write(writer, value, sorted);
  if (writer.length - start > MAX_BYTES) shorten(writer, start, MAX_BYTES);
  if (reverse) writer.invert(start);
}

/**
 * Writes values one after another.
 *
 * @param reversed which of them sort in reverse
 * @param complete whether no more values follow; otherwise all lists that begin with these sort after the bytes
 */
export function writeOrderedList(
  writer: ByteWriter,
  values: readonly StoredValue[],
  reversed: readonly boolean[],
  complete = true,
): void {
  const start = writer.length;
  values.forEach((value, i) => {
    writeOrdered(writer, value, reversed[i] ?? false);
  });
  if (writer.length - start <= MAX_LIST_BYTES) return;
  if (complete) shorten(writer, start, MAX_LIST_BYTES);
  else writer.truncate(start + MAX_LIST_BYTES);
}

/** FaunaDB's order of any two storable values: negative if `a` comes before `b`. */
export function compareValues(a: StoredValue, b: StoredValue): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (isNumber(a) && isNumber(b)) return compareDoubles(Number(a), Number(b));
  return Buffer.compare(ordered(a), ordered(b));
}

function ordered(value: StoredValue): Buffer {
  const writer = new ByteWriter();
  write(writer, value);
  return writer.result();
}

const isNumber = (value: StoredValue): value is bigint | number =>
  typeof value === 'bigint' || typeof value === 'number';

/** Compares like Java's `Double.compare`: -0 before 0, NaN last. */
function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a !== 0 ? 0 : Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

type Fields = ObjectValue['fields'];
const sorted = (fields: Fields): Fields => new Map([...fields].sort(([a], [b]) => (a < b ? -1 : 1)));
const asTheyAre = (fields: Fields): Fields => fields;

/** @param order the order in which the fields of an object are compared */
function write(writer: ByteWriter, value: StoredValue, order = asTheyAre): void {
  switch (typeof value) {
    case 'string':
      writeSortKey(writer.byte(RANK.string), value);
      return;
    case 'bigint': {
      // The nearest double, then the difference: at most 512, since doubles have 53 bits.
      const near = Number(value);
      writeDouble(writer, near);
      writer.uint16(Number(value - BigInt(near)) + 0x8000).byte(0);
      return;
    }
    case 'number':
      writeDouble(writer, value);
      writer.uint16(0x8000).byte(1);
      return;
    case 'boolean':
      writer.byte(value ? RANK.true : RANK.false);
      return;
  }
  if (value === null) writer.byte(RANK.null);
  else if (value instanceof Ref) writer.byte(RANK.ref).uint64(value.id).uint16(value.collection);
  else if (value instanceof ObjectValue) {
    writer.byte(RANK.object);
    for (const [name, field] of order(value.fields)) {
      writeSortKey(writer.byte(RANK.string), name);
      write(writer, field as StoredValue, order);
    }
    writer.byte(0);
  } else if (Array.isArray(value)) {
    writer.byte(RANK.array);
    for (const element of value) write(writer, element, order);
    writer.byte(0);
  } else if (value instanceof Time) {
    const nanos = ((value.nanos % NANOS) + NANOS) % NANOS;
    writer
      .byte(RANK.time)
      .uint64((value.nanos - nanos) / NANOS + SIGN)
      .uint32(Number(nanos));
  } else if (value instanceof DateValue) writer.byte(RANK.date).uint64(BigInt(value.day) + SIGN);
  else if (value instanceof Bytes) writeEscaped(writer.byte(RANK.bytes), value.bytes);
  else if (value instanceof Uuid) writeEscaped(writer.byte(RANK.uuid), Buffer.from(value.text));
  else if (value instanceof Lambda) write(writer.byte(RANK.lambda), value.literal());
  else throw new TypeError('Not a value that can be stored.');
}

function writeDouble(writer: ByteWriter, value: number): void {
  scratch.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
  const bits = scratch.getBigUint64(0);
  writer.byte(RANK.number).uint64(bits & SIGN ? ~bits : bits | SIGN);
}

function writeEscaped(writer: ByteWriter, bytes: Uint8Array): void {
  for (const byte of bytes) {
    if (byte === 0) writer.byte(0).byte(0xff);
    else writer.byte(byte);
  }
  writer.byte(0).byte(0);
}

function shorten(writer: ByteWriter, start: number, most: number): void {
  const digest = hashed(writer.since(start));
  writer.truncate(start + most).bytes(digest);
}
