import { type ObjectValue, type Ref, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { StoredVersion } from '../base/stored-version.js';

/** A stored version as clients see it: without internal fields, and without a time while this query writes it. */
export function shownVersion(context: ModelContext, ref: Ref, version: StoredVersion): Version {
  return new Version(ref, shownTime(context, version.ts), 'update', shownData(context, ref, version.data));
}

/** A document's fields as clients see them. */
export function shownData({ model }: ModelContext, ref: Ref, data: ObjectValue): ObjectValue {
  return model.kindOf(ref.collection).shown(data);
}

/** The time of a change; `undefined` while its transaction is in progress. */
export function shownTime(context: ModelContext, ts: bigint): bigint | undefined {
  return ts === context.model.keys.writeTime ? undefined : ts;
}
