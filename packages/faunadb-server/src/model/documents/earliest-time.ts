import { timeText } from '@supertokens-faunadb/java/time';
import { badRequest } from '../../values/errors.js';

/**
 * Refuses a time before the earliest visible one. Nothing existed before 1970.
 *
 * @param time in µs
 * @param earliest the start of the history, in µs
 */
export function refuseBefore(time: bigint, earliest = 0n): void {
  if (time >= earliest) return;
  const [requested, allowed] = [time, earliest].map((micros) => timeText(micros * 1000n));
  throw badRequest(`Requested timestamp ${requested} less than minimum allowed timestamp ${allowed}.`);
}
