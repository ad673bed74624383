import { Client } from 'undici';
import { type Scenario, send, type Target } from './scenario.js';
import { startServer } from './start.js';

/** The result of the preparation: a database of its own and secrets for it. */
interface State {
  readonly size: number;
  readonly server: string;
  /** A token of user 1, who may read users through a role. */
  readonly token: string;
  /** The same in FQL v10: a token of the first person. */
  readonly token10: string;
}

const fql = (client: Client, secret: string, query: unknown) =>
  send(client, {
    method: 'POST',
    path: '/',
    headers: {
      authorization: `Bearer ${secret}`,
      'x-faunadb-api-version': '4',
      'content-type': 'application/json',
    },
    body: JSON.stringify(query),
  }) as Promise<{ resource: { secret: string } & Record<string, unknown> }>;

/** Sends a template as the `fauna` driver does: its values are not part of the text, so that equal texts stay equal. */
const fql10 =
  (client: Client, secret: string) =>
  (strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<unknown> =>
    send(client, {
      method: 'POST',
      path: '/query/1',
      headers: { authorization: `Bearer ${secret}`, 'x-format': 'tagged', 'content-type': 'application/json' },
      body: JSON.stringify({
        query: { fql: strings.flatMap((text, i) => (i < values.length ? [text, { value: values[i] }] : [text])) },
        arguments: {},
      }),
    });

const collection = (name: string) => ({ collection: name });
const user = (id: number) => ({ ref: collection('users'), id: String(id) });
const object = (fields: Record<string, unknown>) => ({ object: fields });

async function prepare(url: string, root: string, size: number): Promise<State> {
  const client = new Client(url);
  try {
    const database = `bench_${process.pid}_${Date.now()}`;
    await fql(client, root, { create_database: object({ name: database }) });
    const key = async (role: string) =>
      (await fql(client, root, { create_key: object({ database: { database }, role }) })).resource.secret;
    const [admin, server] = [await key('admin'), await key('server')];
    await fql(client, admin, { create_collection: object({ name: 'users' }) });
    await fql(client, admin, { create_collection: object({ name: 'events' }) });
    await fql(client, admin, {
      create_index: object({
        name: 'users_by_group',
        source: collection('users'),
        terms: [object({ field: ['data', 'group'] })],
        active: true,
      }),
    });
    await fql(client, admin, {
      create_role: object({
        name: 'member',
        membership: object({ resource: collection('users') }),
        privileges: object({
          resource: collection('users'),
          actions: object({
            read: { query: { lambda: 'ref', expr: { equals: [{ current_identity: null }, { var: 'ref' }] } } },
          }),
        }),
      }),
    });
    for (let first = 1; first <= size; first += 500) {
      const some = Array.from({ length: Math.min(500, size - first + 1) }, (_, i) => first + i);
      await fql(client, server, {
        do: some.map((id) => ({
          create: user(id),
          params: object({ data: object({ name: `user ${id}`, group: `group ${id % Math.ceil(size / 100)}` }) }),
        })),
      });
    }
    const token = (await fql(client, server, { create: { tokens: null }, params: object({ instance: user(1) }) }))
      .resource.secret;
    return { size, server, token, token10: await prepare10(client, admin, size) };
  } finally {
    await client.close();
  }
}

/** Makes the same data for FQL v10: collections, an index, a role and documents. Returns a token of the first person. */
async function prepare10(client: Client, admin: string, size: number): Promise<string> {
  const query = fql10(client, admin);
  await query`Collection.create({ name: "Person", indexes: { byGroup: { terms: [{ field: ".group" }] } } })`;
  await query`Collection.create({ name: "Visit" })`;
  await query`Role.create({
    name: "person",
    membership: [{ resource: "Person" }],
    privileges: [{ resource: "Person", actions: { read: "doc => Query.identity() == doc" } }]
  })`;
  for (let first = 1; first <= size; first += 500) {
    const people = Array.from({ length: Math.min(500, size - first + 1) }, (_, i) => {
      const id = first + i;
      return { id: String(id), name: `user ${id}`, group: `group ${id % Math.ceil(size / 100)}` };
    });
    await query`${people}.forEach(person => Person.create(person))`;
  }
  const made = (await query`Token.create({ document: Person.byId("1")! }).secret`) as { data: string };
  return made.data;
}

const groupOf = ({ size }: State): string => `group ${Math.floor(Math.random() * Math.ceil(size / 100))}`;

const forEver =
  (run: (client: Client, state: State) => Promise<unknown>): Scenario<State>['connect'] =>
  (state) =>
  async (client) => {
    await run(client, state);
  };

const token = { create: { tokens: null }, params: object({ instance: user(1) }) };

export const fauna: Target<State> = {
  name: 'fauna',
  async start() {
    const secret = 'benchmark-root-key';
    return { ...(await startServer('faunadb-server', '/ping', { FAUNADB_ROOT_KEY: secret })), secret };
  },
  prepare,
  scenarios: [
    { name: 'read a document under a role', connect: forEver((c, s) => fql(c, s.token, { get: user(1) })) },
    {
      name: 'page of 20 from an index',
      connect: forEver((c, s) =>
        fql(c, s.server, {
          paginate: {
            match: { index: 'users_by_group' },
            terms: groupOf(s),
          },
          size: 20,
        }),
      ),
    },
    {
      name: 'page of 20 documents',
      connect: forEver((c, s) =>
        fql(c, s.server, {
          map: { lambda: 'ref', expr: { get: { var: 'ref' } } },
          collection: { paginate: { match: { index: 'users_by_group' }, terms: groupOf(s) }, size: 20 },
        }),
      ),
    },
    {
      name: 'create a document',
      connect: forEver((c, s) =>
        fql(c, s.server, {
          create: collection('events'),
          params: object({ data: object({ kind: 'visit', by: user(1) }) }),
        }),
      ),
    },
    { name: 'make a token', connect: forEver((c, s) => fql(c, s.server, token)) },
    {
      name: 'make and delete a token',
      connect: forEver(async (c, s) => {
        const { resource } = await fql(c, s.server, token);
        await fql(c, s.server, { delete: resource.ref });
      }),
    },
    {
      name: 'read a document under a role, v10',
      baseline: 'read a document under a role',
      connect: forEver((c, s) => fql10(c, s.token10)`Person.byId(${'1'})!`),
    },
    {
      name: 'page of 20 documents, v10',
      baseline: 'page of 20 documents',
      connect: forEver((c, s) => fql10(c, s.server)`Person.byGroup(${groupOf(s)}).pageSize(20)`),
    },
    {
      name: 'create a document, v10',
      baseline: 'create a document',
      connect: forEver((c, s) => fql10(c, s.server)`Visit.create({ kind: "visit", by: Person.byId(${'1'}) })`),
    },
    {
      name: 'make a token, v10',
      baseline: 'make a token',
      connect: forEver((c, s) => fql10(c, s.server)`Token.create({ document: Person.byId(${'1'})! })`),
    },
  ],
};
