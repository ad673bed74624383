import { Ref } from '../../language/values.js';
import { after, lookupKey } from '../../storage/keys.js';
import { NATIVE } from '../ids.js';
import type { ModelView } from '../view.js';

// Which tokens act as a document, so that all of them can be ended without looking at those of others.

/** The kind of lookup; its bytes begin with the database's internal id. */
export const TOKENS = 'tokens';

/** Says that a token acts as a document. */
export function noteToken(view: ModelView, token: Ref, instance: Ref): void {
  view.setLookup(TOKENS, lookupBytes(instance, token.id), Buffer.alloc(0));
}

/** Says that it no longer does. */
export function forgetToken(view: ModelView, token: Ref, instance: Ref): void {
  view.setLookup(TOKENS, lookupBytes(instance, token.id), undefined);
}

/** The tokens that act as a document, some of which may have run out. */
export function tokensOf(view: ModelView, instance: Ref): Ref[] {
  const start = lookupKey(TOKENS, lookupBytes(instance));
  const tokens: Ref[] = [];
  for (const { key } of view.transaction.range({ start, end: after(start) })) {
    tokens.push(new Ref(instance.scope, NATIVE.tokens, Buffer.from(key).readBigInt64BE(key.length - 8)));
  }
  return tokens;
}

function lookupBytes({ scope, collection, id }: Ref, token?: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(token === undefined ? 14 : 22);
  bytes.writeUInt32BE(scope);
  bytes.writeUInt16BE(collection, 4);
  bytes.writeBigInt64BE(id, 6);
  if (token !== undefined) bytes.writeBigInt64BE(token, 14);
  return bytes;
}
