import { isUnauthorized } from './failure.js';

/** Where a session's client gets its tokens. */
export interface TokenSource {
  /** The session's current token. */
  current(): Promise<string>;
  /** A new token to replace one that FaunaDB no longer accepts. */
  renewed(dead: string): Promise<string>;
}

/** Where a stream gets its tokens. */
export interface StreamTokens extends TokenSource {
  /** Calls `changed` whenever the token may have changed. Returns a function that stops watching. */
  watch(changed: () => void): () => void;
}

/** What a session's client is made of. */
export interface SessionClientParts<C> {
  /** Sends the queries, each with its own secret. */
  readonly base: C;
  /** Returns a new source for each query, which may remember whose query it is. */
  readonly sourceOfQuery: () => TokenSource;
  /** Returns a new source for each stream. */
  readonly sourceOfStream: () => StreamTokens;
}

/** Runs a query with a session's current token. If FaunaDB does not accept the token, retries once with a new one. */
export async function withToken<T>(source: TokenSource, query: (secret: string) => Promise<T>): Promise<T> {
  const secret = await source.current();
  try {
    return await query(secret);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
  }
  return query(await source.renewed(secret));
}
