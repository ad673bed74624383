/** Loaded at the first use: a server starts the sooner. */
const load = () => import('@node-rs/bcrypt');

const HASH = /^\$2[abxy]?\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** 2^10 rounds: some 60 ms, in a thread of its own. */
const COST = 10;

/** Hashes are made elsewhere, too. One of 2^14 rounds takes a thread for a second; one of 2^31 would for days. */
const MAX_COST = 14;

/** Whether a text is a hash by bcrypt. */
export function isBcryptHash(text: string): boolean {
  return HASH.test(text);
}

/** A hash of a text by bcrypt, with a salt of its own. */
export async function hashSlowly(text: string): Promise<string> {
  return (await load()).hash(text, COST);
}

/** Whether a hash by bcrypt was made of a text. Nothing is what a hash was made of that is none, or takes too long. */
export async function wasHashed(text: string, hash: string): Promise<boolean> {
  const cost = HASH.exec(hash)?.[1];
  return cost !== undefined && Number(cost) <= MAX_COST && (await load()).verify(text, hash);
}
