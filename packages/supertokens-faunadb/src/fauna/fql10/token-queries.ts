import { fql, type Query, type QueryArgument } from 'fauna';
import type { NewToken, Rotation, TokenQueries } from '../base/language.js';

/** The queries of a token's life, in FQL v10. */
export const tokenQueries: TokenQueries = {
  user: (collection, id) => fql`Collection(${collection}).byId(${id})`,

  mint: (token: NewToken<Query>) => withUser(token, create(token)),

  rotate(token: NewToken<Query>, { earlier, grace, outlived, raceWindow }: Rotation) {
    // Made anew, because `replace` would keep a token's secret.
    const rotation = fql`
      ${[...earlier]}.forEach(id => ${retire(grace)})
      ${[...outlived]}.forEach(id => ${remove})
      if (taken.exists()) taken!.delete()
      ${create(token)}`;
    return withUser(
      token,
      fql`
      let taken = Token.byId(${token.id})
      if (taken.exists() && ${age(fql`taken`)} < ${raceWindow}) {
        ({ status: "raced" })
      } else {
        ${rotation}
      }`,
    );
  },

  remove: (ids, minimumAge = 0) =>
    minimumAge === 0
      ? fql`${[...ids]}.forEach(id => ${remove})`
      : fql`${[...ids]}.forEach(id => {
          let token = Token.byId(id)
          if (token.exists() && ${age(fql`token`)} >= ${minimumAge}) token!.delete()
        })`,

  retire: (ids, grace) => fql`${[...ids]}.forEach(id => ${retire(grace)})`,

  setLifetime: (id, lifetime) => fql`
    let token = Token.byId(${id})
    if (token.exists()) token!.update({ ttl: ${fromNow(lifetime)} })!.ttl!.toMillis() else null`,

  alive: fql`true`,
  ownId: fql`Query.token()!.id`,
  logout: fql`Query.token()!.delete()`,
};

/** Evaluates a query of the application, which may be several statements and end with a comment, as one expression. */
export function block(query: Query): Query {
  // A block that begins with a value would be read as an object.
  return fql`{ let none = null; ${query}
  }`;
}

/** Creates the document that the variable `found` names, and that does not exist. */
export function createFound(fields: object): Query {
  return fql`found.coll.create(Object.assign({ id: found.id }, ${fields as QueryArgument}))`;
}

function withUser({ user, createUser }: NewToken<Query>, then: Query): Query {
  const otherwise = createUser === undefined ? fql`null` : createFound(createUser);
  return fql`
    let found = ${block(user)}
    let user = if (found?.exists() ?? false) found else ${otherwise}
    if (user == null) {
      ({ status: "no user" })
    } else {
      ${then}
    }`;
}

function create({ id, lifetime, data }: NewToken<Query>): Query {
  return fql`
    let made = Token.create({ id: ${id}, document: user, ttl: ${fromNow(lifetime)}, data: ${data as object as QueryArgument} })
    ({ status: "minted", secret: made.secret, expiry: made.ttl!.toMillis() })`;
}

/** Skips a token that expires within the grace period: a write would end the streams that are open with it. */
function retire(grace: number): Query {
  if (grace === 0) return remove;
  return fql`{
    let token = Token.byId(id)
    let end = ${fromNow(grace)}
    if (token.exists() && (token!.ttl == null || token!.ttl! >= end)) token!.update({ ttl: end })
  }`;
}

const remove = fql`{
  let token = Token.byId(id)
  if (token.exists()) token!.delete()
}`;

/** How many milliseconds ago a token was last written. */
function age(token: Query): Query {
  return fql`Time.now().difference(${token}!.ts, "milliseconds")`;
}

function fromNow(milliseconds: number): Query {
  return fql`Time.now().add(${milliseconds}, "milliseconds")`;
}
