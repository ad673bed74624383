import { ChangeLog } from '../../model/base/changes.js';
import { StoredVersion } from '../../model/base/stored-version.js';
import { ByteReader, ByteWriter } from '../../storage/bytes.js';
import type { Decoding } from '../../storage/data.js';
import { Ref } from '../../values/values.js';

/** How many versions before and after each change in a log's list has: at most one each, or a history. */
type Versions = readonly (StoredVersion | undefined)[];

/** What was encoded already, or decoded. */
const known = new WeakMap<ChangeLog, Buffer>();

/** Encodes the changes of a transaction; again and again at no cost. */
export function encodeChanges(log: ChangeLog): Buffer {
  const before = known.get(log);
  if (before) return before;
  const writer = new ByteWriter(1024);
  const write = ({ scope, collection, id }: Ref, before: Versions, after: Versions): void => {
    writer.uint32(scope).uint16(collection).int64(id);
    for (const versions of [before, after]) {
      writer.varint(versions.length);
      for (const version of versions) {
        const bytes = version?.encode() ?? Buffer.alloc(0);
        writer.varint(bytes.length).bytes(bytes);
      }
    }
  };
  const changes = [...log.changes];
  writer.varint(changes.length);
  for (const { ref, before, after } of changes) write(ref, [before], [after]);
  writer.varint(log.histories.length);
  for (const { ref, before, after } of log.histories) write(ref, before, after);
  const bytes = writer.result();
  known.set(log, bytes);
  return bytes;
}

export function decodeChanges(bytes: Buffer, decodingOf: (scope: number) => Decoding): ChangeLog {
  const reader = new ByteReader(bytes);
  const log = new ChangeLog();
  const read = (): [ref: Ref, before: Versions, after: Versions, size: number] => {
    const start = reader.position;
    const ref = new Ref(reader.uint32(), reader.uint16(), reader.int64());
    const versions = () =>
      Array.from({ length: reader.varint() }, () => {
        const version = reader.bytes(reader.varint());
        return version.length === 0 ? undefined : StoredVersion.decode(version, decodingOf(ref.scope));
      });
    const [before, after] = [versions(), versions()];
    return [ref, before, after, reader.position - start];
  };
  for (let left = reader.varint(); left > 0; left--) {
    const [ref, [before], [after], size] = read();
    log.written(ref, before, after!, size);
  }
  for (let left = reader.varint(); left > 0; left--) {
    const [ref, before, after, size] = read();
    log.rewritten(ref, before as StoredVersion[], after as StoredVersion[], size);
  }
  known.set(log, bytes);
  return log;
}
