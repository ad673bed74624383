import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import { createFaunaClient } from 'supertokens-faunadb/browser';
import type { Outcome } from './journal.js';
import { frontendSession } from './session.js';

const q = faunadb.query;

/** The user that FaunaDB identifies by the token. */
export interface Identity {
  readonly ref: Expr;
  readonly name: string;
}

/** A post, and whether the current user wrote it. */
export interface Post {
  readonly ref: Expr;
  readonly author: string;
  readonly mine: boolean;
  readonly text: string;
  readonly writtenAt: Date;
}

/** Queries FaunaDB directly from the browser, with the logged-in user's token. */
export class Database {
  readonly #endpoint: string;
  readonly #client: Client;
  readonly #record: (outcome: Outcome) => void;

  /** @param record is called with the outcome of each query. */
  constructor(endpoint: string, record: (outcome: Outcome) => void) {
    this.#endpoint = endpoint;
    this.#client = createFaunaClient({ session: frontendSession, endpoint });
    this.#record = record;
  }

  whoAmI(): Promise<Identity> {
    return this.#query(q.Let({ me: q.CurrentIdentity() }, { ref: q.Var('me'), name: nameOf(q.Var('me')) }));
  }

  async newestPosts(): Promise<Post[]> {
    const post = {
      ref: q.Var('ref'),
      author: nameOf(q.Select('author', q.Var('data'))),
      mine: q.Equals(q.Select('author', q.Var('data')), q.CurrentIdentity()),
      text: q.Select('text', q.Var('data')),
      writtenAt: q.Var('at'),
    };
    const read = q.Lambda(['at', 'ref'], q.Let({ data: q.Select('data', q.Get(q.Var('ref'))) }, post));
    const page = await this.#query<{ data: (Omit<Post, 'writtenAt'> & { writtenAt: { date: Date } })[] }>(
      q.Map(q.Paginate(q.Match(q.Index('newest_posts')), { size: 20 }), read),
    );
    return page.data.map((found) => ({ ...found, writtenAt: found.writtenAt.date }));
  }

  async write(text: string): Promise<void> {
    await this.#query(createPost(q.CurrentIdentity(), text));
  }

  /** Tries to write a post in another user's name, which the role forbids. */
  async writeAs(name: string, text: string): Promise<void> {
    await this.#query(createPost(q.Select('ref', q.Get(q.Match(q.Index('users_by_name'), name))), text));
  }

  /** Changes a post, which the role forbids if another user wrote it. */
  async change(ref: Expr, text: string): Promise<void> {
    await this.#query(q.Update(ref, { data: { text } }));
  }

  async remove(ref: Expr): Promise<void> {
    await this.#query(q.Delete(ref));
  }

  /** Whether FaunaDB still accepts a token, of this session or of an ended one. */
  async opens(secret: string): Promise<boolean> {
    try {
      await new faunadb.Client({ endpoint: this.#endpoint, secret }).query(q.CurrentIdentity());
      return true;
    } catch (error) {
      if (error instanceof faunadb.errors.Unauthorized) return false;
      throw error;
    }
  }

  async #query<T>(expression: Expr): Promise<T> {
    const began = performance.now();
    const finished = (status: number | undefined) =>
      this.#record({ expression: expression.toFQL(), status, milliseconds: performance.now() - began });
    try {
      const found = await this.#client.query<T>(expression);
      finished(200);
      return found;
    } catch (error) {
      finished(error instanceof faunadb.errors.FaunaHTTPError ? error.requestResult.statusCode : undefined);
      throw error;
    }
  }
}

/** Explains a failed query to the user. */
export function explain(error: unknown): string {
  if (error instanceof faunadb.errors.PermissionDenied) {
    return 'FaunaDB refused (403, permission denied): its role lets you write only what is your own.';
  }
  if (error instanceof faunadb.errors.FaunaHTTPError) {
    return `FaunaDB refused (${error.requestResult.statusCode}): ${error.description ?? error.message}`;
  }
  if (error instanceof TypeError) return 'FaunaDB does not answer. Is it running?';
  return error instanceof Error ? error.message : String(error);
}

function nameOf(user: Expr): Expr {
  return q.Select(['data', 'name'], q.Get(user));
}

function createPost(author: Expr, text: string): Expr {
  return q.Create(q.Collection('posts'), { data: { author, text, writtenAt: q.Now() } });
}
