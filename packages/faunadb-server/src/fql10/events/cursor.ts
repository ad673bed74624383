// Positions between events: clients send them back to continue after one.

/** An event's position: its transaction, and its place among the events of that transaction. */
export interface EventCursor {
  /** In µs. */
  readonly time: bigint;
  readonly ordinal: number;
}

/** After all events of a transaction. */
export const LAST_ORDINAL = 2 ** 31 - 1;

// As in FaunaDB, a cursor is CBOR: an array of a time and an integer. A time has seconds, or an array of seconds and
// nanoseconds. All its texts have fewer characters than this.
const MAX_TEXT = 40;
const [PAIR, TIME] = [0x82, 0xc1];
const SECOND = 1_000_000n;

export function encodeEventCursor({ time, ordinal }: EventCursor): string {
  const micros = ((time % SECOND) + SECOND) % SECOND;
  const seconds = integerBytes((time - micros) / SECOND);
  const parts = micros === 0n ? [seconds] : [Buffer.of(PAIR), seconds, integerBytes(micros * 1000n)];
  return Buffer.concat([Buffer.of(PAIR, TIME), ...parts, integerBytes(BigInt(ordinal))]).toString('base64');
}

/** Parses a cursor; `undefined` if the text is not one. */
export function decodeEventCursor(text: string): EventCursor | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes[0] !== PAIR || bytes[1] !== TIME) return undefined;
  const time = readTime(bytes, 2);
  const ordinal = time && readInteger(bytes, time.end);
  if (!ordinal || ordinal.end !== bytes.length || ordinal.value < 0n || ordinal.value > LAST_ORDINAL) return undefined;
  return { time: time.value, ordinal: Number(ordinal.value) };
}

/** Whether a position comes after another. */
export const isAfter = (one: EventCursor, other: EventCursor): boolean =>
  one.time > other.time || (one.time === other.time && one.ordinal > other.ordinal);

/** An integer in CBOR: a byte with its sign and length, or with the number itself, and the number. */
function integerBytes(value: bigint): Buffer {
  const sign = value < 0n ? 0x20 : 0;
  const magnitude = value < 0n ? -1n - value : value;
  if (magnitude < 24n) return Buffer.of(sign + Number(magnitude));
  const log = [8n, 16n, 32n, 64n].findIndex((bits) => magnitude < 1n << bits);
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(magnitude, 1);
  const length = 1 << log;
  return Buffer.concat([Buffer.of(sign + 24 + log), bytes.subarray(9 - length)]);
}

interface Read {
  readonly value: bigint;
  readonly end: number;
}

function readTime(bytes: Buffer, at: number): Read | undefined {
  const isPair = bytes[at] === PAIR;
  const seconds = readInteger(bytes, isPair ? at + 1 : at);
  if (!seconds) return undefined;
  const nanos = isPair ? readInteger(bytes, seconds.end) : { value: 0n, end: seconds.end };
  if (!nanos || nanos.value < 0n || nanos.value >= 1000n * SECOND) return undefined;
  return { value: seconds.value * SECOND + nanos.value / 1000n, end: nanos.end };
}

function readInteger(bytes: Buffer, at: number): Read | undefined {
  const head = bytes[at];
  if (head === undefined || head >= 0x40) return undefined;
  const small = head & 0x1f;
  if (small > 27) return undefined;
  const end = at + 1 + (small < 24 ? 0 : 1 << (small - 24));
  if (end > bytes.length) return undefined;
  let magnitude = small < 24 ? BigInt(small) : 0n;
  for (const byte of bytes.subarray(at + 1, end)) magnitude = (magnitude << 8n) | BigInt(byte);
  if (magnitude >= 1n << 53n) return undefined;
  return { value: head < 0x20 ? magnitude : -1n - magnitude, end };
}
