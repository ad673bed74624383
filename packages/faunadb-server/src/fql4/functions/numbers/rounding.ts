import { pow, toInt32, toInteger } from '@supertokens-faunadb/java/numbers';
import { integer, number } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';

const DEFAULT_PRECISION = 2n;

/** Rounds half up at a decimal place right (positive) or left of the point; a `bias` of 0 truncates. */
function atPlace(value: bigint | number, precision: bigint | undefined, bias: 0 | 0.5): bigint | number {
  if (typeof value === 'bigint') {
    if (precision === undefined || precision > 0n) return value;
    const scale = pow(10, Number(precision));
    return toInteger(Number(toInteger(Number(value) * scale + bias)) / scale);
  }
  const place = precision ?? DEFAULT_PRECISION;
  if (place > 0n) {
    // Integer part and fraction separately, so that neither overflows; the scale is a 32-bit integer on the real server.
    const scale = toInt32(pow(10, Number(place)));
    const whole = Number(toInteger(value));
    const fraction = toInteger((value - whole + bias / scale) * scale);
    return whole + Number(fraction) / scale;
  }
  const scale = pow(10, Number(place));
  const scaled = Number(toInteger(value * scale + bias)) / scale;
  return bias === 0 ? scaled : Number(toInteger(scaled));
}

/** Rounding to whole numbers and to decimal places. */
export const roundingFunctions: readonly Form[] = [
  form('pure', { ceil: number }, ({ ceil }) => (typeof ceil === 'bigint' ? ceil : Math.ceil(ceil))),
  form('pure', { floor: number }, ({ floor }) => (typeof floor === 'bigint' ? floor : Math.floor(floor))),
  form('pure', { round: number, precision: optional(integer) }, ({ round, precision }) =>
    atPlace(round, precision, 0.5),
  ),
  form('pure', { trunc: number, precision: optional(integer) }, ({ trunc, precision }) => atPlace(trunc, precision, 0)),
];
