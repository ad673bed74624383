import type { Expr } from 'faunadb';
import faunadb from 'faunadb';
import type { NewToken, Rotation, TokenQueries } from '../base/language.js';

const q = faunadb.query;

/** The queries of a token's life, in FQL v4. */
export const tokenQueries: TokenQueries = {
  user: (collection, id) => q.Ref(q.Collection(collection), id),

  mint: (token: NewToken<Expr>) => withUser(token, made(q.Create(tokenRef(token.id), parameters(token)))),

  rotate(token: NewToken<Expr>, { earlier, grace, outlived, raceWindow }: Rotation) {
    const ref = q.Var('ref');
    // `Replace` gives a token a new secret, and makes its old one invalid.
    const written = q.If(q.Exists(ref), q.Replace(ref, parameters(token)), q.Create(ref, parameters(token)));
    const retired = earlier.map((id) => retire(tokenRef(id), grace));
    const rotation = q.Do(...retired, ...outlived.map((id) => remove(tokenRef(id))), made(written));
    const isRace = q.If(q.Exists(ref), q.LT(age(ref), raceWindow), false);
    return withUser(token, q.Let({ ref: tokenRef(token.id) }, q.If(isRace, { status: 'raced' }, rotation)));
  },

  remove(ids, minimumAge = 0) {
    const ref = q.Ref(q.Tokens(), q.Var('id'));
    const removal =
      minimumAge === 0 ? remove(ref) : q.If(q.Exists(ref), q.If(q.LT(age(ref), minimumAge), true, remove(ref)), true);
    return q.Do(q.Foreach([...ids], q.Lambda('id', removal)), true);
  },

  retire: (ids, grace) =>
    q.Do(q.Foreach([...ids], q.Lambda('id', retire(q.Ref(q.Tokens(), q.Var('id')), grace))), true),

  setLifetime(id, lifetime) {
    const ref = tokenRef(id);
    return q.If(q.Exists(ref), q.ToMillis(q.Select('ttl', q.Update(ref, { ttl: fromNow(lifetime) }))), null);
  },

  alive: q.HasCurrentIdentity(),
  ownId: q.Select('id', q.CurrentToken()),
  logout: q.Logout(false),
};

function withUser({ user, collection, createUser }: NewToken<Expr>, then: Expr): Expr {
  const missing = { status: 'no user' };
  const refusal =
    collection === undefined ? missing : q.If(q.Exists(q.Collection(collection)), missing, { status: 'no collection' });
  const otherwise = createUser === undefined ? refusal : q.Do(q.Create(q.Var('user'), createUser), then);
  return q.Let({ user }, q.If(q.Exists(q.Var('user')), then, otherwise));
}

function parameters({ lifetime, data }: NewToken<Expr>): object {
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
