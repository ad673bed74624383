import { createHash } from 'node:crypto';

let refuse: ((bytes: Buffer) => void) | undefined;

/**
 * Returns a one-way hash of bytes.
 *
 * @throws what the function given to {@link refuseToHash} throws
 */
export function hashed(bytes: Buffer): Buffer {
  refuse?.(bytes);
  return createHash('sha256').update(bytes).digest();
}

/** Sets a function that sees everything to be hashed in this process, and throws to refuse it. */
export function refuseToHash(look: ((bytes: Buffer) => void) | undefined): void {
  refuse = look;
}
