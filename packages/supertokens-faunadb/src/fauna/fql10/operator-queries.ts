import { fql, type Query, type QueryArgument } from 'fauna';
import type { OperatorQueries, Resource, SweptToken } from '../base/language.js';
import { block, createFound } from './token-queries.js';

/** The queries of `sweep`, `doctor` and `key`, in FQL v10. */
export const operatorQueries: OperatorQueries = {
  countTokens: fql`Token.all().count()`,

  async tokenPage(run, { size, after, minimumAge }) {
    // Not by `paginate`, whose later pages show what was there at the first, until its history is removed.
    const set = after === undefined ? fql`Token.all()` : fql`Token.all({ from: Token.byId(${String(after)}) })`;
    const found = await run<(SweptToken & { lineage: string | null })[]>(fql`
      let oldest = Time.now().subtract(${minimumAge}, "milliseconds")
      ${set}.take(${size + 1}).toArray().map(token => {
        let ours = token.data?.supertokens
        ({
          id: token.id,
          old: token.ts < oldest,
          recipeUserId: ours?.recipeUserId,
          lineage: ours?.lineage,
          generation: ours?.generation
        })
      })`);
    const last = found.length > size ? found.at(-1)?.id : undefined;
    const tokens = (last === undefined ? found : found.slice(0, -1)).map((token) =>
      token.lineage === null ? null : token,
    );
    return { tokens, after: last };
  },

  ping: fql`1 + 1`,
  now: fql`Time.now().toMillis()`,
  collectionExists: (name) => fql`Collection.byName(${name}).exists()`,
  tried: (query: Query) => fql`
    let tried = ${block(query)}
    abort("doctor")`,
  readDocument: (collection, id) => fql`Collection(${collection}).byId(${id})!`,
  readIndex: () => fql`null`,
  evaluate: (user: Query) => fql`${block(user)}?.exists()`,
  createUser: (user: Query, createUser) => fql`
    let found = ${block(user)}
    ${createFound(createUser)}`,

  tokenTrials(id, collection) {
    if (collection === undefined) return [];
    const made = fql`Token.create({ id: ${id}, document: Collection(${collection}).byId("1") })`;
    const after = (then: Query) => fql`
      let made = ${made}
      ${then}`;
    return [
      ['create tokens with an id', made],
      ['read tokens', after(fql`Token.byId(${id})!`)],
      ['update tokens', after(fql`made.update({ data: {} })`)],
      ['delete tokens', after(fql`made.delete()`)],
      // For a key without read permission the list is empty.
      ['list tokens', after(fql`if (Token.all().isEmpty()) Token.byId("1")!`)],
    ];
  },

  createRole: (name) => fql`Role.create({ name: ${name}, privileges: [] })`,
  isMember: (collection) => fql`
    Role.all().toArray().any(role => {
      // That of a role made in FQL v4 may be no array, and has collections in place of names.
      let membership = role.membership ?? []
      let list = if (membership isa Array) membership else [membership]
      list.any(member => member.resource == ${collection} || member.resource?.name == ${collection})
    })`,

  async namesIn(run, parts) {
    const words = new Set<string>();
    for (const part of parts) collectWords((isQuery(part) ? part : fql`${part as QueryArgument}`).encode(), words);
    const [collections, functions] = await run<[Named[], Named[]]>(fql`
      let named = item => ({ name: item.name, alias: item.alias })
      [Collection.all().toArray().map(named), Function.all().toArray().map(named)]`);
    const occurring = (named: readonly Named[]) =>
      named
        .filter(({ name, alias }) => words.has(name) || (alias !== null && words.has(alias)))
        .map(({ name }) => name);
    return { collections: occurring(collections), indexes: [], functions: occurring(functions) };
  },

  // Who may read a collection may use its indexes.
  sourcesOf: async () => [],

  putRole(name, privileges) {
    const list = privileges.map(({ resource, actions }) => ({ resource: nameOf(resource), actions }));
    const parameters = { name, privileges: list } as QueryArgument;
    return fql`
      let role = Role.byName(${name})
      let parameters = ${parameters}
      if (role.exists()) role!.update(parameters) else Role.create(parameters)`;
  },

  createKey: (role, name) => fql`Key.create({ role: ${role}, data: { name: ${name} } }).secret`,
  createServerKey: fql`Key.create({ role: "server" }).secret`,
};

interface Named {
  readonly name: string;
  readonly alias: string | null;
}

/** Whether a value is a query of the driver. */
export function isQuery(value: unknown): value is Query {
  return typeof value === 'object' && value !== null && 'encode' in value && typeof value.encode === 'function';
}

/** The texts and comments of FQL v10: a text may contain what looks like a comment. */
const TEXT_OR_COMMENT = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\/\/.*|\/\*[\s\S]*?\*\//g;

/** Collects what may be a name of a collection or a function: the words of a query, and its texts. */
function collectWords(node: unknown, words: Set<string>): void {
  if (typeof node === 'object' && node !== null) for (const value of Object.values(node)) collectWords(value, words);
  if (typeof node !== 'string') return;
  words.add(node);
  for (const [, double, single] of node.matchAll(TEXT_OR_COMMENT)) words.add(double ?? single ?? '');
  const code = node.replace(TEXT_OR_COMMENT, (match) => (match.startsWith('/') ? ' ' : match));
  for (const [word] of code.matchAll(/[A-Za-z_]\w*/g)) words.add(word);
}

function nameOf({ kind, name = '' }: Resource): string {
  if (kind === 'collections') return 'Collection';
  return kind === 'tokens' ? 'Token' : name;
}
