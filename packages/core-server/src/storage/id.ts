// Ids are most often UUIDs: those are kept as their 16 bytes instead of 36 letters.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const UUID_BYTES = 16;
const UUID_LENGTH = 36;

/** The bytes of a UUID; `undefined` where `text` is none in its one usual form, which {@link uuidOf} gives back. */
export function bytesOfUuid(text: string): Buffer | undefined {
  if (text.length !== UUID_LENGTH || !UUID.test(text)) return undefined;
  const hex = text.slice(0, 8) + text.slice(9, 13) + text.slice(14, 18) + text.slice(19, 23) + text.slice(24);
  return Buffer.from(hex, 'hex');
}

export function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, UUID_BYTES).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
