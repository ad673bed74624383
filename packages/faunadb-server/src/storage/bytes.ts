const encoder = new TextEncoder();

/** A growing buffer for writing bytes. */
export class ByteWriter {
  #bytes: Buffer;
  length = 0;

  constructor(capacity = 128) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): this {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#grow(value.length);
    this.#bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  uint16(value: number): this {
    this.#grow(2);
    this.length = this.#bytes.writeUInt16BE(value, this.length);
    return this;
  }

  uint32(value: number): this {
    this.#grow(4);
    this.length = this.#bytes.writeUInt32BE(value, this.length);
    return this;
  }

  /** Writes 64 bits; negative numbers sort last. */
  uint64(value: bigint): this {
    this.#grow(8);
    this.length = this.#bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.length);
    return this;
  }

  int64(value: bigint): this {
    this.#grow(8);
    this.length = this.#bytes.writeBigInt64BE(value, this.length);
    return this;
  }

  double(value: number): this {
    this.#grow(8);
    this.length = this.#bytes.writeDoubleBE(value, this.length);
    return this;
  }

  /** Writes a count or length in as few 7-bit groups as it needs. */
  varint(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest);
  }

  /** Writes a string in UTF-8, preceded by its length. */
  string(value: string): this {
    const most = value.length * 3;
    if (most > 0x7f) return this.#longString(value);
    this.#grow(most + 1);
    const written = this.#bytes.write(value, this.length + 1, most, 'utf8');
    this.#bytes[this.length] = written;
    this.length += written + 1;
    return this;
  }

  /** Inverts everything from `start` on, which reverses its sort order. */
  invert(start: number): this {
    for (let i = start; i < this.length; i++) this.#bytes[i]! ^= 0xff;
    return this;
  }

  /** Returns a copy of what has been written. */
  result(): Buffer {
    const result = Buffer.allocUnsafe(this.length);
    this.#bytes.copy(result, 0, 0, this.length);
    return result;
  }

  /** Returns what has been written from `start` on; valid until the next write. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.length);
  }

  /** Drops everything after `length`. */
  truncate(length: number): this {
    this.length = length;
    return this;
  }

  #longString(value: string): this {
    const utf8 = encoder.encode(value);
    return this.varint(utf8.length).bytes(utf8);
  }

  #grow(by: number): void {
    const needed = this.length + by;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

/** Returns the same bytes, not a copy, as a `Buffer`. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads what a `ByteWriter` wrote. */
export class ByteReader {
  readonly #bytes: Buffer;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = asBuffer(bytes);
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.position];
    if (byte === undefined) throw cutShort();
    this.position++;
    return byte;
  }

  bytes(length: number): Buffer {
    return Buffer.copyBytesFrom(this.#bytes, this.#take(length), length);
  }

  uint16(): number {
    this.position += 2;
    return this.#bytes.readUInt16BE(this.position - 2);
  }

  uint32(): number {
    this.position += 4;
    return this.#bytes.readUInt32BE(this.position - 4);
  }

  int64(): bigint {
    this.position += 8;
    return this.#bytes.readBigInt64BE(this.position - 8);
  }

  double(): number {
    this.position += 8;
    return this.#bytes.readDoubleBE(this.position - 8);
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= MOST_OF_VARINT; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('A number in the store has more digits than any that was written.');
  }

  /** Reads how many items follow, each of at least `bytes` bytes. */
  count(bytes: number): number {
    const count = this.varint();
    if (count * bytes > this.#bytes.length - this.position) throw cutShort();
    return count;
  }

  string(): string {
    const length = this.varint();
    const start = this.#take(length);
    // Most keys and values are short: for those, calling Node's decoder costs more than decoding here.
    if (length < 24) {
      let text = '';
      for (let i = start; i < this.position; i++) {
        const byte = this.#bytes[i]!;
        if (byte > 0x7f) return this.#bytes.toString('utf8', start, this.position);
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return this.#bytes.toString('utf8', start, this.position);
  }

  /** Advances by a number of bytes. @returns the old position */
  #take(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw cutShort();
    this.position = start + length;
    return start;
  }
}

/** The factor of the last 7-bit group that a 53-bit number can have. */
const MOST_OF_VARINT = 2 ** 49;

function cutShort(): RangeError {
  return new RangeError('Something in the store ends before it should.');
}
