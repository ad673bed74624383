import { Client } from 'undici';
import { type Scenario, send, type Target } from './scenario.js';
import { startServer } from './start.js';

/** The result of the preparation: a database of its own and secrets for it. */
interface State {
  readonly size: number;
  readonly server: string;
  /** A token of user 1, who may read users through a role. */
  readonly token: string;
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
    return { size, server, token };
  } finally {
    await client.close();
  }
}

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
            terms: `group ${Math.floor(Math.random() * Math.ceil(s.size / 100))}`,
          },
          size: 20,
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
  ],
};
