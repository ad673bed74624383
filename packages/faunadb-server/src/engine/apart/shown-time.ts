// The transaction's time in an answer that was written before that time was known.
import { timeText } from '@supertokens-faunadb/java/time';

/** A time in µs, in the form of a value of FQL v10. */
const shownTime = (time: bigint): string => timeText(time * 1000n);

/** Replaces a stamp by the transaction's time, as a number or, in FQL v10, as a time. */
export function withTime(body: string, stamp: string, time: bigint): string {
  return body.replaceAll(stamp, String(time)).replaceAll(shownTime(BigInt(stamp)), shownTime(time));
}
