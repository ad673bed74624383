import { randomBytes } from 'node:crypto';
import { ByteWriter } from '../../storage/bytes.js';
import { writeOrdered } from '../../storage/order.js';

/**
 * What stands for the time of a transaction as long as that is not known: a number so large and so random that it is
 * found again in the bytes that were written, and is nothing else there.
 */
export class Stamp {
  /** In µs, long after all times that there will be, so that it sorts behind them. */
  readonly time: bigint;
  readonly #forms: readonly Buffer[];

  constructor(time: bigint = (1n << 61n) | (randomBytes(8).readBigUInt64BE() >> 3n)) {
    this.time = time;
    this.#forms = formsOf(time);
  }

  /** Where it stands, for each of the forms that a time is written in. */
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

/** Writes a time where a stamp stood for it. */
export function putTime(bytes: Buffer, places: readonly (readonly number[])[], time: bigint): void {
  const forms = formsOf(time);
  for (const [i, form] of forms.entries()) for (const at of places[i] ?? []) form.copy(bytes, at);
}

/** As versions and entries have it, as values in keys have it, and as those have it that sort the other way round. */
function formsOf(time: bigint): Buffer[] {
  return [new ByteWriter(8).int64(time).result(), ordered(time, false), ordered(time, true)];
}

function ordered(time: bigint, reverse: boolean): Buffer {
  const writer = new ByteWriter(16);
  writeOrdered(writer, time, reverse);
  return writer.result();
}
