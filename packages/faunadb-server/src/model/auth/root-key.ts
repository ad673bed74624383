import { createHash, timingSafeEqual } from 'node:crypto';

/** The operator's own secret, which opens the root database. Only a digest of it is kept. */
export class RootKey {
  readonly #digest: Buffer;

  constructor(secret: string) {
    this.#digest = digest(secret);
  }

  /** Told in a time that says nothing about how far they agree. */
  matches(secret: string): boolean {
    return timingSafeEqual(this.#digest, digest(secret));
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
