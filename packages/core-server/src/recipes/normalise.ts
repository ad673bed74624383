import { createRequire } from 'node:module';
import { trim } from '@supertokens-faunadb/java/text';
import type * as LibPhoneNumber from 'google-libphonenumber';

/** Emails that differ in nothing but case and space around them are the same. */
export function normaliseEmail(email: string): string {
  return trim(email).toLowerCase();
}

// Loaded when the first phone number comes: it is large, and most applications have none.
let library: typeof LibPhoneNumber | undefined;
const require = createRequire(import.meta.url);

/** A phone number in the form of E.164, where it can be read as one; else as it is, without the space around it. */
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
