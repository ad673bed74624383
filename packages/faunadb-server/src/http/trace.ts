import { randomBytes } from 'node:crypto';

/** How FaunaDB parses https://www.w3.org/TR/trace-context/#traceparent-header: any version, separator and case. */
const TRACEPARENT = /^...((?!0{32})[0-9a-f]{32}).(?!0{16})[0-9a-f]{16}.[0-9a-f]{2}$/i;

const TRACE = 32;
const SPAN = 16;

/**
 * The `traceparent` of an answer: the caller's trace, or a new one if the caller sent no valid one, with a new span id.
 * Nothing is sampled.
 */
export function traceOf(traceparent: string | undefined): string {
  const given = traceparent === undefined ? undefined : TRACEPARENT.exec(traceparent)?.[1];
  return `00-${given?.toLowerCase() ?? randomDigits(TRACE)}-${randomDigits(SPAN)}-00`;
}

let digits = '';
let used = 0;

/** Returns random hexadecimal digits, generated in batches because every answer needs some. */
function randomDigits(count: number): string {
  if (used + count > digits.length) {
    digits = randomBytes(4096).toString('hex');
    used = 0;
  }
  used += count;
  return digits.slice(used - count, used);
}
