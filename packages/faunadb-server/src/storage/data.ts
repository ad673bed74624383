import { Bytes, DateValue, Lambda, ObjectValue, Ref, Time, UnresolvedRef, Uuid, type Value } from '../values/values.js';
import type { ByteReader, ByteWriter } from './bytes.js';

/**
 * The values that a document can hold. Refs are stored without their scope, since they always point into the document's
 * own database; lambdas as the expressions they were written as.
 */
export type StoredValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly StoredValue[]
  | ObjectValue
  | Bytes
  | Uuid
  | Time
  | DateValue
  | Ref
  | UnresolvedRef
  | Lambda;

/** What the bytes do not contain: their database, and how to restore a stored lambda. */
export interface Decoding {
  readonly scope: number;
  lambda(literal: ObjectValue, scope: number): Lambda;
}

const TAG = {
  null: 0,
  false: 1,
  true: 2,
  smallInteger: 3,
  negativeInteger: 4,
  integer: 5,
  double: 6,
  string: 7,
  array: 8,
  object: 9,
  bytes: 10,
  uuid: 11,
  time: 12,
  date: 13,
  ref: 14,
  lambda: 15,
  nothing: 16,
} as const;

const NANOS = 1_000_000_000n;
const LARGEST_SMALL = 0x7fff_ffffn;

/** Writes a value for `readValue` to read back. The bytes have no order, so they cannot be used in a key. */
export function writeValue(writer: ByteWriter, value: Value): void {
  switch (typeof value) {
    case 'string':
      writer.byte(TAG.string).string(value);
      return;
    case 'bigint':
      if (value >= 0n && value <= LARGEST_SMALL) writer.byte(TAG.smallInteger).varint(Number(value));
      else if (value < 0n && value >= -LARGEST_SMALL) writer.byte(TAG.negativeInteger).varint(Number(-value));
      else writer.byte(TAG.integer).int64(value);
      return;
    case 'number':
      writer.byte(TAG.double).double(value);
      return;
    case 'boolean':
      writer.byte(value ? TAG.true : TAG.false);
      return;
  }
  if (value === null) writer.byte(TAG.null);
  else if (value instanceof ObjectValue) writeObject(writer.byte(TAG.object), value);
  else if (Array.isArray(value)) {
    writer.byte(TAG.array).varint(value.length);
    for (const element of value) writeValue(writer, element);
  } else if (value instanceof Ref) writer.byte(TAG.ref).uint16(value.collection).int64(value.id);
  else if (value instanceof Time) {
    const nanos = ((value.nanos % NANOS) + NANOS) % NANOS;
    writer
      .byte(TAG.time)
      .int64((value.nanos - nanos) / NANOS)
      .uint32(Number(nanos));
  } else if (value instanceof DateValue) writer.byte(TAG.date).int64(BigInt(value.day));
  else if (value instanceof Bytes) writer.byte(TAG.bytes).varint(value.bytes.length).bytes(value.bytes);
  else if (value instanceof Uuid) writer.byte(TAG.uuid).string(value.text);
  else if (value instanceof Lambda) writeObject(writer.byte(TAG.lambda), value.literal());
  else if (value instanceof UnresolvedRef) writeUnresolved(writer, value);
  else throw new TypeError(`A ${value?.constructor.name} cannot be stored.`);
}

/** Writes an unresolved ref part by part. Documents hold none except in the expressions of lambdas. */
function writeUnresolved(writer: ByteWriter, { id, collection, database }: UnresolvedRef): void {
  writer.byte(TAG.nothing);
  for (const part of [id ?? null, collection ?? null, database ?? null]) writeValue(writer, part);
}

/** Writes the fields of an object without a tag: the form of whole documents. */
export function writeObject(writer: ByteWriter, { fields }: ObjectValue): void {
  writer.varint(fields.size);
  for (const [name, value] of fields) {
    writer.string(name);
    writeValue(writer, value);
  }
}

/** Reads a value that `writeValue` wrote. */
export function readValue(reader: ByteReader, decoding: Decoding): StoredValue {
  const tag = reader.byte();
  switch (tag) {
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.smallInteger:
      return BigInt(reader.varint());
    case TAG.negativeInteger:
      return BigInt(-reader.varint());
    case TAG.integer:
      return reader.int64();
    case TAG.double:
      return reader.double();
    case TAG.string:
      return reader.string();
    case TAG.array: {
      const elements: StoredValue[] = [];
      for (let left = reader.count(1); left > 0; left--) elements.push(readValue(reader, decoding));
      return elements;
    }
    case TAG.object:
      return readObject(reader, decoding);
    case TAG.bytes:
      return new Bytes(reader.bytes(reader.varint()));
    case TAG.uuid:
      return new Uuid(reader.string());
    case TAG.time: {
      const seconds = reader.int64();
      return new Time(seconds * NANOS + BigInt(reader.uint32()));
    }
    case TAG.date:
      return new DateValue(Number(reader.int64()));
    case TAG.ref: {
      const collection = reader.uint16();
      return new Ref(decoding.scope, collection, reader.int64());
    }
    case TAG.nothing: {
      const parts = [
        readValue(reader, decoding),
        readValue(reader, decoding),
        readValue(reader, decoding),
      ] as unknown[];
      const [id, collection, database] = parts.map((part) => part ?? undefined);
      return new UnresolvedRef(
        id as string | undefined,
        collection as UnresolvedRef | undefined,
        database as UnresolvedRef | undefined,
      );
    }
    case TAG.lambda:
      return decoding.lambda(readObject(reader, decoding), decoding.scope);
    default:
      throw new Error(
        `The store holds a value of an unknown kind, ${tag}: a later version wrote it, or it is damaged.`,
      );
  }
}

/** Reads an object that `writeObject` wrote. */
export function readObject(reader: ByteReader, decoding: Decoding): ObjectValue {
  const fields = new Map<string, StoredValue>();
  for (let left = reader.count(2); left > 0; left--) {
    const name = reader.string();
    fields.set(name, readValue(reader, decoding));
  }
  return new ObjectValue(fields);
}
