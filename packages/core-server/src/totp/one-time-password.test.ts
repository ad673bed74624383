import { expect, it } from 'vitest';
import { encodeBase32 } from './base32.js';
import { isRightCode, oneTimePassword, randomSecret } from './one-time-password.js';

const key = Buffer.from('12345678901234567890');
const generator = { secret: encodeBase32(key), period: 30, skew: 1 };

it('makes the codes of RFC 4226', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314'];
  expect(codes.map((_, counter) => oneTimePassword(key, counter))).toEqual(codes);
});

it('makes the codes of RFC 6238, of which six digits are taken', () => {
  expect(isRightCode(generator, '287082', 59_000)).toBe(true);
  expect(isRightCode(generator, '005924', 1_234_567_890_000)).toBe(true);
  expect(isRightCode(generator, '005925', 1_234_567_890_000)).toBe(false);
});

it('accepts codes of as many periods before and after as the skew allows', () => {
  const at = (period: number) => isRightCode(generator, '287082', period * 30_000);
  expect([-1, 0, 1, 2, 3].map(at)).toEqual([false, true, true, true, false]);
  expect(isRightCode({ ...generator, skew: 0 }, '287082', 60_000)).toBe(false);
});

it('finishes quickly, however large the skew is', () => {
  expect(isRightCode({ ...generator, skew: 2 ** 31 - 1, period: 2 ** 31 - 1 }, 'x', Date.now())).toBe(false);
});

it('accepts no code for a secret without a base 32 digit', () => {
  expect(isRightCode({ ...generator, secret: '!' }, oneTimePassword(Buffer.alloc(1), 0), 0)).toBe(false);
});

it('makes secrets of 160 bits', () => {
  expect(randomSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(randomSecret()).not.toBe(randomSecret());
});
