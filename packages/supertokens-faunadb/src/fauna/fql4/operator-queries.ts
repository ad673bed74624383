import type { Expr } from 'faunadb';
import faunadb from 'faunadb';
import type { OperatorQueries, Resource, SweptToken } from '../base/language.js';

const q = faunadb.query;

/** The queries of `sweep`, `doctor` and `key`, in FQL v4. */
export const operatorQueries: OperatorQueries = {
  countTokens: q.Count(q.Tokens()),

  async tokenPage(run, { size, after, minimumAge }) {
    const query = pageQuery(size, after as Expr | undefined, minimumAge);
    const page = await run<{ data: readonly (SweptToken | null)[]; after?: Expr }>(query);
    return { tokens: page.data, after: page.after };
  },

  ping: q.Add(1, 1),
  now: q.ToMillis(q.Now()),
  collectionExists: (name) => q.Exists(q.Collection(name)),
  tried: (query: Expr) => q.Do(query, q.Abort('doctor')),
  // For a key without read permission `Exists` is false; only `Get` reports the missing permission.
  readDocument: (collection, id) => q.Get(q.Ref(q.Collection(collection), id)),
  readIndex: (name) => q.Paginate(q.Match(q.Index(name), 'doctor'), { size: 1 }),
  evaluate: (user: Expr) => q.Exists(user),
  createUser: (user: Expr, createUser) => q.Create(user, createUser),

  tokenTrials(id, collection) {
    const list: [string, Expr] = ['list tokens', q.Paginate(q.Tokens(), { size: 1 })];
    if (collection === undefined) return [list];
    const token = q.Ref(q.Tokens(), id);
    const made = q.Create(token, { instance: q.Ref(q.Collection(collection), '1') });
    return [
      ['create tokens with an id', made],
      ['read tokens', q.Do(made, q.Get(token))],
      ['update tokens', q.Do(made, q.Update(token, {}))],
      ['delete tokens', q.Do(made, q.Delete(token))],
      list,
    ];
  },

  createRole: (name) => q.CreateRole({ name, privileges: [] }),

  isMember(collection) {
    const membership = q.Let(
      { membership: q.Select('membership', q.Get(q.Var('role')), []) },
      q.If(q.IsArray(q.Var('membership')), q.Var('membership'), [q.Var('membership')]),
    );
    const isIt = q.Equals(q.Select('resource', q.Var('member'), null as never), q.Collection(collection));
    const isAny = q.Any(q.Append([false], q.Map(membership, q.Lambda('member', isIt))));
    return q.Any(q.Select('data', q.Map(q.Paginate(q.Roles(), { size: 1_000 }), q.Lambda('role', isAny))));
  },

  async namesIn(_, parts) {
    const found = { collection: new Set<string>(), index: new Set<string>(), function: new Set<string>() };
    for (const part of parts) collectNames(JSON.parse(JSON.stringify(part)), found);
    return { collections: [...found.collection], indexes: [...found.index], functions: [...found.function] };
  },

  async sourcesOf(run, index) {
    const all = q.Select('source', q.Get(q.Index(index)));
    const list = q.If(q.IsArray(all), all, [all]);
    const collectionOf = (source: Expr) => q.If(q.IsObject(source), q.Select('collection', source), source);
    const name = q.Lambda(
      'source',
      q.Let(
        { collection: collectionOf(q.Var('source')) },
        q.If(q.IsRef(q.Var('collection')), q.Select('id', q.Var('collection')), null),
      ),
    );
    return (await run<(string | null)[]>(q.Map(list, name))).filter((one) => one !== null);
  },

  putRole(name, privileges) {
    const parameters = {
      name,
      privileges: privileges.map(({ resource, actions }) => ({ resource: refOf(resource), actions })),
    };
    const role = q.Role(name);
    return q.If(q.Exists(role), q.Update(role, parameters), q.CreateRole(parameters));
  },

  createKey: (role, name) => q.Select('secret', q.CreateKey({ role: q.Role(role), data: { name } })),
  createServerKey: q.Select('secret', q.CreateKey({ role: 'server' })),
};

function pageQuery(size: number, after: Expr | undefined, minimumAge: number): Expr {
  const token = q.Var('token');
  const ours = (key: string) => q.Select(['data', 'supertokens', key], token);
  const oldest = q.TimeSubtract(q.Now(), minimumAge, 'milliseconds');
  return q.Map(
    q.Paginate(q.Tokens(), { size, ...(after === undefined ? {} : { after }) }),
    q.Lambda(
      'ref',
      q.If(
        q.Exists(q.Var('ref')),
        q.Let(
          { token: q.Get(q.Var('ref')) },
          q.If(
            q.ContainsPath(['data', 'supertokens', 'lineage'], token),
            {
              id: q.Select(['ref', 'id'], token),
              old: q.LT(q.Epoch(q.Select('ts', token), 'microseconds'), oldest),
              recipeUserId: ours('recipeUserId'),
              lineage: ours('lineage'),
              generation: ours('generation'),
            },
            null,
          ),
        ),
        null,
      ),
    ),
  );
}

/** Collects the names in an expression as the driver sends it: `{"index": "users_by_login"}`. */
function collectNames(node: unknown, found: Record<string, Set<string>>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') found[key]?.add(value);
    else collectNames(value, found);
  }
}

function refOf({ kind, name = '' }: Resource): Expr {
  if (kind === 'collections') return q.Collections();
  if (kind === 'tokens') return q.Tokens();
  if (kind === 'index') return q.Index(name);
  return kind === 'function' ? q.Function(name) : q.Collection(name);
}
