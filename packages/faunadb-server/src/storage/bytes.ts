const encoder = new TextEncoder();

/** Bytes written one after the other into a buffer that grows. */
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

  /** 64 bits, of which negative numbers come last. */
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

  /** A count or length, in as few groups of seven bits as it needs. */
  varint(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest);
  }

  /** A string in UTF-8, with its length before it. */
  string(value: string): this {
    const most = value.length * 3;
    if (most > 0x7f) return this.#longString(value);
    this.#grow(most + 1);
    const written = this.#bytes.write(value, this.length + 1, most, 'utf8');
    this.#bytes[this.length] = written;
    this.length += written + 1;
    return this;
  }

  /** Inverts everything from `start` on, so that it sorts the other way round. */
  invert(start: number): this {
    for (let i = start; i < this.length; i++) this.#bytes[i]! ^= 0xff;
    return this;
  }

  /** What has been written, in a buffer of its own. */
  result(): Buffer {
    const result = Buffer.allocUnsafe(this.length);
    this.#bytes.copy(result, 0, 0, this.length);
    return result;
  }

  /** What has been written from `start` on; valid until the next write. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.length);
  }

  /** Forgets what has been written after `length`. */
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

/** The same bytes, not a copy, with a buffer's methods. */
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

  /** How many things follow, each of which takes `bytes` at least. */
  count(bytes: number): number {
    const count = this.varint();
    if (count * bytes > this.#bytes.length - this.position) throw cutShort();
    return count;
  }

  string(): string {
    const length = this.varint();
    const start = this.#take(length);
    // Keys and most values are short, where a call into the engine's decoder costs more than the bytes.
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

  /** Goes on by so many bytes. @returns where they begin */
  #take(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw cutShort();
    this.position = start + length;
    return start;
  }
}

/** The factor of the last seven bits that a number of 53 bits can have. */
const MOST_OF_VARINT = 2 ** 49;

function cutShort(): RangeError {
  return new RangeError('Something in the store ends before it should.');
}
