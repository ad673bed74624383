import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BadEncoding, hashOfDeviceId, hashOfDigits, hashOfLinkCode, newCode } from './codes.js';

it('the digits in the browser and the link are the same code', () => {
  fc.assert(
    fc.property(fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (digits) => {
      const code = newCode(digits);
      expect(digits ?? code.userInputCode).toBe(code.userInputCode);
      expect(hashOfDeviceId(code.deviceId)).toBe(code.deviceIdHash);
      expect(hashOfLinkCode(code.linkCode)).toBe(code.linkCodeHash);
      expect(hashOfDigits(code.deviceId, code.linkCodeSalt, code.userInputCode)).toBe(code.linkCodeHash);
      const again = newCode(digits, { id: code.deviceId, linkCodeSalt: code.linkCodeSalt });
      expect(again.deviceIdHash).toBe(code.deviceIdHash);
    }),
  );
  expect(newCode(undefined).userInputCode).toMatch(/^\d{6}$/);
});

it.each(['§', ' ', 'A', 'AAAAA', '=', 'AA=', 'AAA==', 'AAAA='])('%j is no base64', (text) => {
  expect(() => hashOfDeviceId(text)).toThrow(BadEncoding);
  expect(() => hashOfLinkCode(text)).toThrow(BadEncoding);
});

it.each(['', 'AA', 'AA==', 'AAA', 'AAA=', 'nonsense'])('%j is base64', (text) => {
  expect(() => hashOfDeviceId(text)).not.toThrow();
  expect(() => hashOfLinkCode(text)).not.toThrow();
});
