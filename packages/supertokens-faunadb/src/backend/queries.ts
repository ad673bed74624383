import type { Expr } from 'faunadb';
import faunadb from 'faunadb';

const q = faunadb.query;

/** A token to create. */
export interface NewToken {
  /** The FQL expression for the user's document. */
  readonly user: Expr;
  /** The name of its collection, if known. */
  readonly collection: string | undefined;
  /** The parameters to create a missing document with; undefined to refuse. */
  readonly createUser: object | undefined;
  readonly id: string;
  /** How long the token lives, in milliseconds of FaunaDB's clock. */
  readonly lifetime: number;
  /** The token document's data, by which a sweep recognises it. */
  readonly data: object;
}

/** The answer of {@link mintQuery} and {@link rotateQuery}. */
export type MintAnswer =
  | { readonly status: 'minted'; readonly secret: string; readonly expiry: number }
  | { readonly status: 'raced' | 'no user' | 'no collection' };

/** Creates a token if its user's document exists. FaunaDB itself does not check that. */
export function mintQuery(token: NewToken): Expr {
  return withUser(token, made(q.Create(tokenRef(token.id), parameters(token))));
}

/** What {@link rotateQuery} does besides creating a token. */
export interface Rotation {
  /** Tokens to keep for the grace period, unless their ttl ends sooner. */
  readonly earlier: readonly string[];
  /** The grace period, in milliseconds. */
  readonly grace: number;
  /** Tokens to delete: refreshes have followed one another faster than the grace period. */
  readonly outlived: readonly string[];
  /** How old a token with the new id may be, in milliseconds, to count as created by a refresh that is still running. */
  readonly raceWindow: number;
}

/**
 * Replaces the token of a session. If the new id is taken, another process has created that token. If it did so moments ago,
 * it will record the token, and this query leaves it alone. Otherwise the token was never recorded: `Replace` gives it a
 * new secret and makes the lost one invalid.
 */
export function rotateQuery(token: NewToken, { earlier, grace, outlived, raceWindow }: Rotation): Expr {
  const ref = q.Var('ref');
  const written = q.If(q.Exists(ref), q.Replace(ref, parameters(token)), q.Create(ref, parameters(token)));
  const retired = earlier.map((id) => retire(tokenRef(id), grace));
  const rotation = q.Do(...retired, ...outlived.map((id) => remove(tokenRef(id))), made(written));
  const isRace = q.If(q.Exists(ref), q.LT(age(ref), raceWindow), false);
  return withUser(token, q.Let({ ref: tokenRef(token.id) }, q.If(isRace, { status: 'raced' }, rotation)));
}

/** Deletes those tokens that exist and were last written at least `minimumAge` milliseconds ago. */
export function removeQuery(ids: readonly string[], minimumAge = 0): Expr {
  const ref = q.Ref(q.Tokens(), q.Var('id'));
  const removal =
    minimumAge === 0 ? remove(ref) : q.If(q.Exists(ref), q.If(q.LT(age(ref), minimumAge), true, remove(ref)), true);
  return q.Do(q.Foreach([...ids], q.Lambda('id', removal)), true);
}

/** Limits the life of tokens to the grace period, in milliseconds. */
export function retireQuery(ids: readonly string[], grace: number): Expr {
  return q.Do(q.Foreach([...ids], q.Lambda('id', retire(q.Ref(q.Tokens(), q.Var('id')), grace))), true);
}

/** Sets when a token's ttl ends, in milliseconds from now, if it exists. */
export function setLifetimeQuery(id: string, lifetime: number): Expr {
  const ref = tokenRef(id);
  return q.If(q.Exists(ref), q.ToMillis(q.Select('ttl', q.Update(ref, { ttl: fromNow(lifetime) }))), null);
}

/** Retires a token of which only the secret is known. FaunaDB answers `instance not found` if the token is invalid. */
export function retireBySecretQuery(secret: string, grace: number): Expr {
  return q.Let(
    { ref: q.Select('ref', q.KeyFromSecret(secret)) },
    q.Do(grace === 0 ? q.Delete(q.Var('ref')) : q.Update(q.Var('ref'), { ttl: fromNow(grace) }), true),
  );
}

/** To be run with a token's own secret: FaunaDB answers 401 if the token is invalid. */
export const aliveQuery: Expr = q.HasCurrentIdentity();

/** To be run with a token's own secret: deletes that token. */
export const logoutQuery: Expr = q.Logout(false);

function withUser({ user, collection, createUser }: NewToken, then: Expr): Expr {
  const missing = { status: 'no user' };
  const refusal =
    collection === undefined ? missing : q.If(q.Exists(q.Collection(collection)), missing, { status: 'no collection' });
  const otherwise = createUser === undefined ? refusal : q.Do(q.Create(q.Var('user'), createUser), then);
  return q.Let({ user }, q.If(q.Exists(q.Var('user')), then, otherwise));
}

function parameters({ lifetime, data }: NewToken): object {
  return { instance: q.Var('user'), ttl: fromNow(lifetime), data };
}

function made(write: Expr): Expr {
  return q.Let(
    { token: write },
    {
      status: 'minted',
      secret: q.Select('secret', q.Var('token')),
      expiry: q.ToMillis(q.Select('ttl', q.Var('token'))),
    },
  );
}

/** Skips a token that expires within the grace period: a write would end the streams that are open with it. */
function retire(ref: Expr, grace: number): Expr {
  if (grace === 0) return remove(ref);
  const endsSooner = q.LT(q.Select('ttl', q.Get(ref), q.Time('9999-12-31T00:00:00Z')), fromNow(grace));
  return q.If(q.Exists(ref), q.If(endsSooner, null, q.Update(ref, { ttl: fromNow(grace) })), null);
}

function remove(ref: Expr): Expr {
  return q.If(q.Exists(ref), q.Delete(ref), null);
}

/** How many milliseconds ago a document was last written. */
function age(ref: Expr): Expr {
  return q.TimeDiff(q.Epoch(q.Select('ts', q.Get(ref)), 'microseconds'), q.Now(), 'milliseconds');
}

function tokenRef(id: string): Expr {
  return q.Ref(q.Tokens(), id);
}

function fromNow(milliseconds: number): Expr {
  return q.TimeAdd(q.Now(), milliseconds, 'milliseconds');
}
