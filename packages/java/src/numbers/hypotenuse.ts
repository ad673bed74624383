const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const LOW_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

const FAR_APART = 2 ** 60;
const LARGE = 2 ** 500;
const SCALE = 2 ** 600;

/**
 * The square root of x² + y², to the digit as fdlibm computes it (`__ieee754_hypot`, as in the real server's Java): the
 * larger square is split so that its rounding error is corrected.
 */
export function hypotenuse(x: number, y: number): number {
  const larger = Math.max(Math.abs(x), Math.abs(y));
  const smaller = Math.min(Math.abs(x), Math.abs(y));
  if (!Number.isFinite(x) || !Number.isFinite(y)) return Math.hypot(x, y);
  if (smaller === 0 || larger / smaller > FAR_APART) return larger + smaller;
  if (larger > LARGE) return unscaled(larger / SCALE, smaller / SCALE) * SCALE;
  if (smaller < 1 / LARGE) return unscaled(larger * SCALE, smaller * SCALE) / SCALE;
  return unscaled(larger, smaller);
}

function unscaled(a: number, b: number): number {
  const difference = a - b;
  if (difference > b) {
    const high = highHalf(a);
    return Math.sqrt(high * high - (b * -b - (a - high) * (a + high)));
  }
  const [high, highB] = [highHalf(a + a), highHalf(b)];
  return Math.sqrt(high * highB - (difference * -difference - (high * (b - highB) + (a + a - high) * b)));
}

/** A double without the lower 32 bits of its mantissa. */
function highHalf(value: number): number {
  double[0] = value;
  words[LOW_WORD] = 0;
  return double[0];
}
