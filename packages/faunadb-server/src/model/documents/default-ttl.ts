import { withField } from '../../values/objects.js';
import { type ObjectValue, Time } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

const DAY_NANOS = 86_400_000_000_000n;

/** Gives a document without a `ttl` its collection's `ttl_days`, counted from now. */
export function withDefaultTtl(
  context: ModelContext,
  collection: number,
  scope: number,
  data: ObjectValue,
): ObjectValue {
  const days = context.model.schema(scope).collection(collection)?.ttlDays;
  if (days === undefined || data.fields.has('ttl')) return data;
  return withField(data, 'ttl', new Time(context.snapshotTime * 1000n + days * DAY_NANOS));
}
