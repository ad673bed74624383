import type { Ref } from '../../values/values.js';

/** Identifies a document in lookups. Starts with the database's internal id. */
export function refBytes({ scope, collection, id }: Ref): Buffer {
  const bytes = Buffer.allocUnsafe(14);
  bytes.writeUInt32BE(scope);
  bytes.writeUInt16BE(collection, 4);
  bytes.writeBigInt64BE(id, 6);
  return bytes;
}
