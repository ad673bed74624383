import { randomBytes } from 'node:crypto';
import { ByteWriter } from '../../storage/bytes.js';
import { writeOrdered } from '../../storage/order.js';

/**
 * A placeholder for a transaction's time while that is unknown: a number so large and random that it can be found again
 * in the written bytes and is nothing else there.
 */
export class Stamp {
  /** In µs, later than all real times, so that it sorts last. */
  readonly time: bigint;
  readonly #forms: readonly Buffer[];

  constructor(time: bigint = (1n << 61n) | (randomBytes(8).readBigUInt64BE() >> 3n)) {
    this.time = time;
    this.#forms = formsOf(time);
  }

  /** Its places in bytes, for each form that a time is written in. */
  places(bytes: Buffer): number[][] {
    return this.#forms.map((form) => {
      const places: number[] = [];
      for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length)) places.push(at);
      return places;
    });
  }

  isIn(bytes: Buffer): boolean {
    return this.#forms.some((form) => bytes.includes(form));
  }
}

/** Replaces a stamp by a time. */
export function putTime(bytes: Buffer, places: readonly (readonly number[])[], time: bigint): void {
  const forms = formsOf(time);
  for (const [i, form] of forms.entries()) for (const at of places[i] ?? []) form.copy(bytes, at);
}

/** The forms of a time: in versions and entries, in keys, and in keys that sort in reverse. */
function formsOf(time: bigint): Buffer[] {
  return [new ByteWriter(8).int64(time).result(), ordered(time, false), ordered(time, true)];
}

function ordered(time: bigint, reverse: boolean): Buffer {
  const writer = new ByteWriter(16);
  writeOrdered(writer, time, reverse);
  return writer.result();
}
