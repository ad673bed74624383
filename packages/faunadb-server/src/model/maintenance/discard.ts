import { keysIn, type Reader } from '@supertokens-faunadb/store';
import { after, KEY, lookupKey, metaKey } from '../../storage/keys.js';
import type { Databases } from '../base/databases.js';
import { omissionPrefixes } from '../indexes/omissions.js';
import { CREDENTIALS } from '../refs/credentials-lookup.js';
import { TOKENS } from '../refs/token-lookup.js';

const JOBS = 'discard/';

/** Schedules everything with this key prefix for removal in the background. */
export function discard(view: Databases, prefix: Buffer): void {
  view.keys.put(metaKey(JOBS + prefix.toString('hex')), prefix);
}

/** Schedules all contents of a database for removal in the background. */
export function discardScope(view: Databases, scope: number): void {
  for (const kind of [KEY.document, KEY.version, KEY.entry, KEY.pastEntry, KEY.name]) {
    const prefix = Buffer.allocUnsafe(5);
    prefix[0] = kind;
    prefix.writeUInt32BE(scope, 1);
    discard(view, prefix);
  }
  const id = Buffer.allocUnsafe(4);
  id.writeUInt32BE(scope);
  for (const kind of [TOKENS, CREDENTIALS]) discard(view, lookupKey(kind, id));
  discardOmissions(view, scope);
}

/** Schedules what is noted about documents that are not in an index for removal in the background. */
export function discardOmissions(view: Databases, scope: number, index?: bigint, collection?: number): void {
  for (const prefix of omissionPrefixes(scope, index, collection)) {
    if (!keysIn(view.keys.transaction, { start: prefix, end: after(prefix) }).next().done) discard(view, prefix);
  }
}

/** Whether documents of a database are still waiting for removal. */
export function isDiscarding(reader: Reader, scope: number): boolean {
  const documents = Buffer.allocUnsafe(5);
  documents[0] = KEY.document;
  documents.writeUInt32BE(scope, 1);
  const prefix = metaKey(JOBS + documents.toString('hex'));
  for (const _ of keysIn(reader, { start: prefix, end: after(prefix) })) return true;
  return false;
}

/** The prefix of the keys of such notes; their values hold what to remove. */
export const discardJobs = metaKey(JOBS);
