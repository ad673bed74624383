import type { EvalContext } from '../../query/context.js';
import { type ObjectValue, type Ref, Version } from '../../values/values.js';
import type { StoredVersion } from '../base/stored-version.js';
import { kindOf } from '../kinds/kinds.js';

/** A stored version as clients see it: without internal fields, and without a time while this query is writing it. */
export function shownVersion(context: EvalContext, ref: Ref, version: StoredVersion): Version {
  return new Version(ref, shownTime(context, version.ts), 'update', shownData(ref, version.data));
}

export function shownData(ref: Ref, data: ObjectValue): ObjectValue {
  return kindOf(ref.collection).shown(data);
}

/** The time of a change; `undefined` while the transaction that makes it is under way. */
export function shownTime(context: EvalContext, ts: bigint): bigint | undefined {
  return ts === context.snapshotTime ? undefined : ts;
}
