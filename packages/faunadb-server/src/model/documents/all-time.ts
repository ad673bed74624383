import { badRequest } from '../../language/errors.js';
import { timeText } from '../../language/time/text.js';

/**
 * Nothing was before 1970: it can neither be read nor written to the history.
 *
 * @param time in µs
 */
export function refuseBeforeAllTime(time: bigint): void {
  if (time >= 0n) return;
  const requested = timeText(time * 1000n);
  throw badRequest(`Requested timestamp ${requested} less than minimum allowed timestamp ${timeText(0n)}.`);
}
