import { after, lookupKey } from '../../storage/keys.js';
import { NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { Databases } from '../base/databases.js';

import { refBytes } from './ref-bytes.js';

// Records which tokens act as a document, so that all of them can be ended without scanning others.

/** The kind of lookup that finds the tokens of a document. */
export const TOKENS = 'tokens';

const NOTHING = Buffer.alloc(0);

/** Records that a token acts as a document. */
export function noteToken(view: Databases, token: Ref, instance: Ref): void {
  view.keys.setLookup(TOKENS, tokenBytes(token, instance), NOTHING);
}

/** Removes that record. */
export function forgetToken(view: Databases, token: Ref, instance: Ref): void {
  view.keys.setLookup(TOKENS, tokenBytes(token, instance), undefined);
}

/** The tokens that act as a document, including expired ones. */
export function tokensOf(view: Databases, instance: Ref): Ref[] {
  const start = lookupKey(TOKENS, refBytes(instance));
  const tokens: Ref[] = [];
  for (const { key } of view.keys.transaction.range({ start, end: after(start) })) {
    tokens.push(new Ref(instance.scope, NATIVE.tokens, Buffer.from(key).readBigInt64BE(key.length - 8)));
  }
  return tokens;
}

const tokenBytes = (token: Ref, instance: Ref) => Buffer.concat([refBytes(instance), refBytes(token)]);
