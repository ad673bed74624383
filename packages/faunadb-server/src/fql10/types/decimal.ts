/** A decimal number as Java's `BigDecimal` prints it: with its own digits, and an exponent if there are many zeros. */
export function decimalText(text: string): string {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text.replaceAll('_', ''));
  if (!match) return text;
  const [, given = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  // It has no negative zero.
  const sign = /[1-9]/.test(digits) ? given : '';
  const scale = fraction.length - Number(exponent);
  const adjusted = -scale + digits.length - 1;
  if (scale >= 0 && adjusted >= -6) {
    if (scale === 0) return `${sign}${digits}`;
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${sign}${mantissa}E${adjusted >= 0 ? '+' : ''}${adjusted}`;
}
