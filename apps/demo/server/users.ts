import type { Client } from 'faunadb';
import faunadb from 'faunadb';
import { ask } from './ask.js';
import { Refusal } from './refusal.js';

const q = faunadb.query;

/** What a user enters to sign up or to log in. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

/**
 * Reads a login from a request's body.
 *
 * @throws {Refusal} a sentence for the user about what is wrong.
 */
export function readLogin(body: unknown): Login {
  const { name, password } = (body ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[a-z0-9_-]{2,20}$/.test(name.trim().toLowerCase())) {
    throw new Refusal(400, 'A name has 2 to 20 letters, digits, dashes or underscores.');
  }
  if (typeof password !== 'string' || password.length < 8 || Buffer.byteLength(password) > 72) {
    throw new Refusal(400, 'A password has 8 to 72 characters.');
  }
  return { name: name.trim().toLowerCase(), password };
}

/**
 * Stores a user, with the password as FaunaDB credentials.
 *
 * @returns the id of the user's document; null if the name is taken.
 */
export async function signUp(client: Client, { name, password }: Login): Promise<string | null> {
  return ask<string | null>(
    client,
    q.If(
      q.Exists(userNamed(name)),
      null,
      q.Select(['ref', 'id'], q.Create(q.Collection('users'), { data: { name }, credentials: { password } })),
    ),
  );
}

/**
 * Asks FaunaDB whether this is the user's password. Uses `Identify`, because `Login` would create a token, and the integration
 * creates the session's.
 *
 * @returns the id of the user's document; null if no account has this name and this password.
 */
export async function logIn(client: Client, { name, password }: Login): Promise<string | null> {
  return ask<string | null>(
    client,
    q.If(
      q.And(q.Exists(userNamed(name)), q.Identify(userNamed(name), password)),
      q.Select(['ref', 'id'], q.Get(userNamed(name))),
      null,
    ),
  );
}

function userNamed(name: string) {
  return q.Match(q.Index('users_by_name'), name);
}
