import { NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { type ObjectValue, Ref, type Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { createDocument, deleteDocument } from '../documents/access.js';
import { tokensOf } from '../refs/token-lookup.js';
import { SERVER } from './builtin-permissions.js';

/** Creates a token that acts as a document. The caller has checked the credentials. */
export function createToken(
  context: ModelContext,
  instance: Ref,
  params: ObjectValue,
  position: Position | undefined,
): Version {
  const tokens = new Ref(context.auth.scope, NATIVE.collections, BigInt(NATIVE.tokens));
  return createDocument(asServer(context), tokens, undefined, withField(params, 'instance', instance), position);
}

/** Deletes a token, if it still exists. */
export function endToken(context: ModelContext, token: Ref): void {
  if (context.model.documents.read(token)) {
    deleteDocument(asServer(context).with({ validTime: undefined }), token, undefined);
  }
}

/** Deletes all tokens that act as a document. */
export function endTokensOf(context: ModelContext, instance: Ref): void {
  for (const token of tokensOf(context.model, instance)) endToken(context, token);
}

function asServer(context: ModelContext): ModelContext {
  return context.with({ auth: { ...context.auth, permissions: SERVER } });
}
