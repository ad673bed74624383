/** Loaded at first use, so that a server starts faster. */
const load = () => import('@node-rs/bcrypt');

const HASH = /^\$2[abxy]?\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** 2^10 rounds: some 60 ms, in another thread. */
const COST = 10;

/** Imported hashes may have more rounds. 2^14 rounds take a thread for a second; 2^31 would take days. */
const MAX_COST = 14;

/** Whether a text is a bcrypt hash. */
export function isBcryptHash(text: string): boolean {
  return HASH.test(text);
}

/** Returns a bcrypt hash of a text, with a new salt. */
export async function hashSlowly(text: string): Promise<string> {
  return (await load()).hash(text, COST);
}

/** Whether a bcrypt hash was made of a text. False for an invalid hash, or one that takes too long. */
export async function wasHashed(text: string, hash: string): Promise<boolean> {
  const cost = HASH.exec(hash)?.[1];
  return cost !== undefined && Number(cost) <= MAX_COST && (await load()).verify(text, hash);
}
