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
  /** All numbers that are stored completely. @throws {Error} if one is stored only in part */
  all(server: Server): Promise<number[]>;
}

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
  async all(server) {
    const halves = new Map<number, string>();
    let after: unknown;
    do {
      const { status, body } = await server.ask('POST', '/', {
        paginate: { match: { index: 'by_n' } },
        size: 1000,
        ...(after === undefined ? {} : { after }),
      });
      if (status !== 200) throw new Error(`Reading all pairs was answered ${status}: ${body}`);
      const page = JSON.parse(body).resource as { data: [number, string][]; after?: unknown };
      for (const [n, half] of page.data) halves.set(n, (halves.get(n) ?? '') + half);
      after = page.after;
    } while (after !== undefined);
    for (const [n, half] of halves) if (half !== 'ab') throw new Error(`Of pair ${n} there is "${half}".`);
    return [...halves.keys()];
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
  async all() {
    return [];
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
