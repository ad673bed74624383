import { createRequire } from 'node:module';
import { trim } from '@supertokens-faunadb/java/text';
import type * as LibPhoneNumber from 'google-libphonenumber';

/** Emails that differ in nothing but case and space around them are the same. */
export function normaliseEmail(email: string): string {
  return trim(email).toLowerCase();
}

// Loaded with the first phone number: the library is large, and most applications need none.
let library: typeof LibPhoneNumber | undefined;
const require = createRequire(import.meta.url);

/** A phone number in E.164 form; if it cannot be parsed, the trimmed text. */
export function normalisePhoneNumber(phoneNumber: string): string {
  const trimmed = trim(phoneNumber);
  library ??= require('google-libphonenumber') as typeof LibPhoneNumber;
  const phones = library.PhoneNumberUtil.getInstance();
  try {
    return phones.format(phones.parse(trimmed, 'ZZ'), library.PhoneNumberFormat.E164);
  } catch {
    return trimmed;
  }
}
