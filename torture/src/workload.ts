import type { Server, ServerName } from './server.js';

/** A number that was written, and where it is stored. */
export interface Written {
  readonly id: string;
  readonly n: number;
}

/** Writes entries into a server one by one and reads them back. */
export interface Workload {
  prepare(server: Server): Promise<void>;
  /** @returns the status and, if it was acknowledged, where it is stored */
  write(server: Server, n: number): Promise<{ status: number; body: string; id?: string }>;
  /** @returns the status and the stored number; `undefined` if it was not found */
  read(server: Server, id: string): Promise<{ status: number; body: string; n: number | undefined }>;
  /** Creates something that the server also caches in memory: a collection, a tenant. @returns the status */
  make(server: Server, name: string): Promise<number>;
  /** Whether the server has what {@link make} created. */
  has(server: Server, name: string): Promise<boolean>;
  /**
   * Reads everything.
   *
   * @param unknown numbers whose writes got no answer
   * @throws {Error} if an acknowledged number is missing or has other data, or if any number is stored only in part
   */
  all(server: Server, written: readonly Written[], unknown?: Iterable<number>): Promise<void>;
}

/** How many requests read at once. */
const READERS = 16;

/** Pairs of documents and an index over them, which reveal half a transaction. */
const faunaWorkload: Workload = {
  async prepare(server) {
    await expectOk(server, { create_collection: { object: { name: 'pairs' } } }, [201, 400]);
    await expectOk(
      server,
      {
        create_index: {
          object: {
            name: 'by_n',
            source: { collection: 'pairs' },
            values: [{ object: { field: ['data', 'n'] } }, { object: { field: ['data', 'half'] } }],
          },
        },
      },
      [201, 400],
    );
  },
  async write(server, n) {
    const half = (which: string) => ({
      create: { collection: 'pairs' },
      params: { object: { data: { object: { n, half: which, text: textOf(n) } } } },
    });
    const { status, body } = await server.ask('POST', '/', {
      let: [{ a: half('a') }, { b: half('b') }],
      in: { select: ['ref', 'id'], from: { var: 'a' } },
    });
    return status === 200 ? { status, body, id: JSON.parse(body).resource } : { status, body };
  },
  async read(server, id) {
    const { status, body } = await server.ask('POST', '/', {
      get: { ref: { collection: 'pairs' }, id },
    });
    if (status !== 200) return { status, body, n: undefined };
    const { n, text } = JSON.parse(body).resource.data;
    if (text !== textOf(n)) throw new Error(`Document ${id} is served with other data than were written: ${body}`);
    return { status, body, n };
  },
  async make(server, name) {
    const { status } = await server.ask('POST', '/', { create_collection: { object: { name } } });
    return status === 201 ? 200 : status;
  },
  async has(server, name) {
    // Looked up by name, which the server caches.
    const { status } = await server.ask('POST', '/', { create: { collection: name }, params: { object: {} } });
    const { body } = await server.ask('POST', '/', { exists: { collection: name } });
    const isThere = JSON.parse(body).resource as boolean;
    if (isThere !== (status === 201 || status === 503))
      throw new Error(`Whether there is a collection ${name} is answered in two ways.`);
    return isThere;
  },
  async all(server, written) {
    const halves = new Map<number, string>();
    const numbers = new Map<string, number>();
    let after: unknown;
    do {
      const { status, body } = await server.ask('POST', '/', {
        paginate: { match: { index: 'by_n' } },
        size: 2000,
        ...(after === undefined ? {} : { after }),
      });
      if (status !== 200) throw new Error(`Reading all pairs was answered ${status}: ${body}`);
      const page = JSON.parse(body).resource as { data: [number, string][]; after?: unknown };
      for (const [n, half] of page.data) halves.set(n, (halves.get(n) ?? '') + half);
      after = page.after;
    } while (after !== undefined);
    for (const [n, half] of halves) if (half !== 'ab') throw new Error(`Of pair ${n} there is "${half}".`);
    after = undefined;
    do {
      const { status, body } = await server.ask('POST', '/', {
        map: {
          lambda: 'x',
          expr: [
            { select: ['id'], from: { var: 'x' } },
            { select: 'data', from: { get: { var: 'x' } } },
          ],
        },
        collection: {
          paginate: { documents: { collection: 'pairs' } },
          size: 500,
          ...(after === undefined ? {} : { after }),
        },
      });
      if (status !== 200) throw new Error(`Reading all documents was answered ${status}: ${body}`);
      const page = JSON.parse(body).resource as { data: [string, { n: number; text: string }][]; after?: unknown };
      for (const [id, { n, text }] of page.data) {
        if (text !== textOf(n)) throw new Error(`Document ${id} has other data than were written: ${n}, ${text}`);
        if (!halves.has(n)) throw new Error(`Document ${id} of pair ${n} is not in the index.`);
        numbers.set(id, n);
      }
      after = page.after;
    } while (after !== undefined);
    for (const { id, n } of written) {
      if (numbers.get(id) !== n)
        throw new Error(`Pair ${n} was acknowledged, and document ${id} is of ${numbers.get(id)}.`);
    }
    if (numbers.size !== 2 * halves.size) throw new Error(`${numbers.size} documents are of ${halves.size} pairs.`);
  },
};

/** Sessions, each with its own user: each is three entries of the store. */
const coreWorkload: Workload = {
  async prepare() {},
  async write(server, n) {
    const { status, body } = await server.ask('POST', '/recipe/session', {
      userId: `user-${n}`,
      userDataInJWT: {},
      userDataInDatabase: { n, text: textOf(n) },
      enableAntiCsrf: false,
      useDynamicSigningKey: false,
    });
    return status === 200 ? { status, body, id: JSON.parse(body).session.handle } : { status, body };
  },
  async read(server, id) {
    const { status, body } = await server.ask('GET', `/recipe/session?sessionHandle=${id}`);
    if (status !== 200) return { status, body, n: undefined };
    const session = JSON.parse(body);
    if (session.status !== 'OK') return { status, body, n: undefined };
    const { n, text } = session.userDataInDatabase;
    if (text !== textOf(n)) throw new Error(`Session ${id} is served with other data than were written: ${body}`);
    return { status, body, n };
  },
  async make(server, name) {
    const { status } = await server.ask('PUT', '/recipe/multitenancy/tenant/v2', { tenantId: name });
    return status;
  },
  async has(server, name) {
    const { body } = await server.ask('GET', '/recipe/multitenancy/tenant/list/v2');
    const isListed = JSON.parse(body).tenants.some(({ tenantId }: { tenantId: string }) => tenantId === name);
    const session = {
      userId: 'u',
      userDataInJWT: {},
      userDataInDatabase: {},
      enableAntiCsrf: false,
      useDynamicSigningKey: false,
    };
    const { status } = await server.ask('POST', `/${name}/recipe/session`, session);
    if (isListed !== (status === 200 || status === 503)) {
      throw new Error(`Whether there is a tenant ${name} is answered in two ways: ${isListed}, ${status}.`);
    }
    return isListed;
  },
  async all(server, written, unknown = []) {
    // No path lists all sessions, but each number has its own user.
    const acknowledged = new Map(written.map(({ id, n }) => [n, id]));
    const numbers = new Set([...acknowledged.keys(), ...unknown]);
    const left = numbers.values();
    const look = async () => {
      for (const n of left) {
        const { status, body } = await server.ask('GET', `/recipe/session/user?userId=user-${n}`);
        if (status !== 200) throw new Error(`The sessions of user-${n} were answered ${status}: ${body}`);
        const handles = JSON.parse(body).sessionHandles as string[];
        const id = acknowledged.get(n);
        if (id !== undefined && !handles.includes(id))
          throw new Error(`Session ${n} was acknowledged, and is not listed.`);
        for (const handle of handles) {
          const found = await coreWorkload.read(server, handle);
          if (found.n !== n) throw new Error(`Session ${n} is listed, and is answered ${found.status}: ${found.body}`);
        }
      }
    };
    await Promise.all(Array.from({ length: READERS }, look));
  },
};

export const WORKLOADS: Readonly<Record<ServerName, Workload>> = {
  'faunadb-server': faunaWorkload,
  'core-server': coreWorkload,
};

export function textOf(n: number): string {
  return `this is number ${n}, `.repeat(1 + (n % 10));
}

async function expectOk(server: Server, query: unknown, statuses: readonly number[]): Promise<void> {
  const { status, body } = await server.ask('POST', '/', query);
  if (!statuses.includes(status)) throw new Error(`Preparing was answered ${status}: ${body}`);
}
