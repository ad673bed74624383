import { randomUUID } from 'node:crypto';
import { Client as Fql10Client, fql } from 'fauna';
import faunadb from 'faunadb';
import type { FaunaClient } from '../../src/fauna/base/types.js';

const q = faunadb.query;

/** `faunadb` for FQL v4, `fauna` for FQL v10. */
export type Driver = 'faunadb' | 'fauna';

/** The drivers that the integration takes clients of. With an earlier SDK one will do: the driver hardly depends on it. */
export const drivers: readonly Driver[] =
  process.env.SUPERTOKENS_NODE === undefined ? ['faunadb', 'fauna'] : ['faunadb'];

/** A client of a driver. */
export function clientOf(driver: Driver, endpoint: string, secret: string): FaunaClient {
  if (driver === 'faunadb') return new faunadb.Client({ endpoint, secret });
  return new Fql10Client({ endpoint: new URL(endpoint), secret });
}

/** A database of its own for a test file, with users who may read and change themselves. */
export class TestDatabase {
  private constructor(
    readonly url: string,
    readonly secret: string,
    /** A client with the server key of the database. */
    readonly client: faunadb.Client,
    readonly collection: string,
    /** A key with the role "admin" of the database. */
    readonly adminSecret: string,
  ) {}

  /** Creates it, as a child of the database that the key in `secret` administers. */
  static async create(url: string, secret: string): Promise<TestDatabase> {
    const database = await TestDatabase.createEmpty(url, secret);
    const admin = new faunadb.Client({ endpoint: url, secret: database.adminSecret });
    await admin.query(q.CreateCollection({ name: database.collection }));
    const users = q.Collection(database.collection);
    const read = q.Query(q.Lambda('ref', q.Equals(q.Var('ref'), q.CurrentIdentity())));
    await eventually(() =>
      admin.query(
        q.CreateRole({
          name: 'user',
          membership: { resource: users },
          privileges: [{ resource: users, actions: { read } }],
        }),
      ),
    );
    await eventually(() => database.createUser());
    return database;
  }

  /** The same without collection and role. */
  static async createEmpty(url: string, secret: string): Promise<TestDatabase> {
    const root = new faunadb.Client({ endpoint: url, secret });
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await root.query(q.CreateDatabase({ name }));
    const key = async (role: string) => {
      const make = q.CreateKey({ database: q.Database(name), role });
      return (await eventually(() => root.query<{ secret: string }>(make))).secret;
    };
    const server = await key('server');
    const client = new faunadb.Client({ endpoint: url, secret: server });
    await eventually(() => client.query(q.Now()));
    // The first query of FQL v10 makes the server load that language, which takes long on a busy machine.
    await new Fql10Client({ endpoint: new URL(url), secret: server, query_timeout_ms: 60_000 }).query(fql`1`);
    return new TestDatabase(url, server, client, 'users', await key('admin'));
  }

  /** A client of a driver with the server key, that may reach the database another way: through a proxy. */
  clientAt(endpoint: string, driver: Driver = 'faunadb'): FaunaClient {
    return clientOf(driver, endpoint, this.secret);
  }

  /** Creates a user's document and returns its id. */
  async createUser(): Promise<string> {
    return this.client.query<string>(q.Select(['ref', 'id'], q.Create(q.Collection(this.collection), { data: {} })));
  }

  async deleteUser(id: string): Promise<void> {
    await this.client.query(q.Delete(q.Ref(q.Collection(this.collection), id)));
  }

  /** Whom FaunaDB takes the bearer of a token for; undefined where it answers 401. */
  async identity(token: string): Promise<string | undefined> {
    try {
      const ref = await this.client.query<faunadb.values.Ref>(q.CurrentIdentity(), { secret: token });
      return String(ref.id);
    } catch (error) {
      if (error instanceof faunadb.errors.Unauthorized) return undefined;
      throw error;
    }
  }

  /** The tokens that are alive, of one user or of all; those that expire first come first. */
  async tokens(userId?: string): Promise<TokenDocument[]> {
    const page = await this.client.query<{ data: (TokenDocument | null)[] }>(
      q.Map(
        q.Paginate(q.Tokens(), { size: 10_000 }),
        q.Lambda(
          'ref',
          q.If(
            q.Exists(q.Var('ref')),
            q.Let(
              { token: q.Get(q.Var('ref')) },
              {
                id: q.Select(['ref', 'id'], q.Var('token')),
                userId: q.Select(['instance', 'id'], q.Var('token')),
                ttl: q.ToMillis(q.Select('ttl', q.Var('token'), q.Epoch(0, 'second'))),
              },
            ),
            null,
          ),
        ),
      ),
    );
    return page.data
      .filter((token) => token !== null && (userId === undefined || token.userId === userId))
      .map((token) => token as TokenDocument)
      .sort((a, b) => a.ttl - b.ttl);
  }
}

/** What a test wants to know of a token in FaunaDB. */
export interface TokenDocument {
  readonly id: string;
  readonly userId: string;
  /** When it expires, in milliseconds since the epoch. */
  readonly ttl: number;
}

/** Tries until it succeeds: a cluster shows a change of the schema only after some milliseconds. */
export async function eventually<T>(attempt: () => Promise<T>, limit = 10_000): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
