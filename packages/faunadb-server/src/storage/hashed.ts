import { createHash } from 'node:crypto';

let refuse: ((bytes: Buffer) => void) | undefined;

/**
 * Bytes that stand for longer ones, which cannot be found out from them.
 *
 * @throws what {@link refuseToHash} was told to
 */
export function hashed(bytes: Buffer): Buffer {
  refuse?.(bytes);
  return createHash('sha256').update(bytes).digest();
}

/** Has something look at all that is hashed in this process, which throws where that must not be. */
export function refuseToHash(look: ((bytes: Buffer) => void) | undefined): void {
  refuse = look;
}
