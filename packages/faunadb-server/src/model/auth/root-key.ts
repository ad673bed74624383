import { createHash, timingSafeEqual } from 'node:crypto';

/** The root key, which opens the root database. Only its digest is kept. */
export class RootKey {
  readonly #digest: Buffer;

  constructor(secret: string) {
    this.#digest = digest(secret);
  }

  /** Compares in constant time. */
  matches(secret: string): boolean {
    return timingSafeEqual(this.#digest, digest(secret));
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
