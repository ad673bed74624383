import type { Transaction } from '@supertokens-faunadb/store';
import { key, partsOf, rangeOf } from '../storage/key.js';
import { EMPTY } from '../storage/value.js';
import type { LoginMethod } from './login-method.js';

/** The fields that login methods are searched by. A domain is the text after an at sign. */
export type SearchField = 'email' | 'domain' | 'phone' | 'provider';

/** The length of the indexed prefix of a text, in UTF-16 units; the rest is compared with the record. */
const INDEXED = 100;

export function putSearchEntries(transaction: Transaction, method: LoginMethod): void {
  for (const entry of entriesOf(method)) transaction.put(entry, EMPTY);
}

export function removeSearchEntries(transaction: Transaction, method: LoginMethod): void {
  for (const entry of entriesOf(method)) transaction.remove(entry);
}

/** The range of the entries, in a tenant's space, of texts that begin with `start`. */
export function searchRange(space: string, field: SearchField, start: string): { start: Uint8Array; end: Uint8Array } {
  // Without the byte that closes the last part, so that longer ones are in the range.
  return rangeOf(key(space, 'search', field, indexed(start)).subarray(0, -1));
}

/** The login method of an entry. */
export function idOfSearchEntry(entry: Uint8Array): string {
  return partsOf(entry).at(-1) as string;
}

/** The texts of a login method by which it is searched in `field`. */
export function searchTexts(field: SearchField, { email, phoneNumber, thirdParty }: LoginMethod): string[] {
  const texts = { email, phone: phoneNumber, provider: thirdParty?.id };
  if (field !== 'domain') return texts[field] === undefined ? [] : [texts[field]];
  return [...(email ?? '').matchAll(/@/g)].map(({ index }) => (email as string).slice(index + 1));
}

const FIELDS: readonly SearchField[] = ['email', 'domain', 'phone', 'provider'];

function entriesOf(method: LoginMethod): Uint8Array[] {
  return FIELDS.flatMap((field) =>
    searchTexts(field, method).flatMap((text) =>
      method.tenants.map((space) => key(space, 'search', field, indexed(text), method.id)),
    ),
  );
}

// Letters of ASCII are alike in either case, as in the real Core's database in memory.
function indexed(text: string): string {
  return asciiLowerCase(text)
    .slice(0, INDEXED)
    .replace(/[\uD800-\uDBFF]$/, '');
}

export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
