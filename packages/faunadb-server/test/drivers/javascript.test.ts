import faunadb, { type Client, type ClientConfig } from 'faunadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFaunaServer, type FaunaServer } from '../../src/index.js';

const q = faunadb.query;
let server: FaunaServer;
const clients: Client[] = [];

function client(options: Partial<ClientConfig> = {}): Client {
  const { rootKey: secret, host: domain, port } = server;
  const made = new faunadb.Client({ secret, domain, port, scheme: 'http', ...options });
  clients.push(made);
  return made;
}

beforeAll(async () => {
  server = await createFaunaServer();
});

afterAll(async () => {
  for (const made of clients) await made.close();
  await server.close();
});

// The driver speaks HTTP/2 in Node by itself, and HTTP/1.1 where it is given a `fetch`, as it does in browsers.
describe.each([
  ['HTTP/2', {}],
  ['HTTP/1.1', { fetch: globalThis.fetch as never }],
] as const)('the JavaScript driver over %s', (protocol, options) => {
  const name = `things_${protocol.replace(/\W/g, '')}`;

  it('makes, reads, changes and pages through documents', async () => {
    const admin = client(options);
    await admin.query(q.CreateCollection({ name }));
    const refs = await admin.query<{ ref: unknown }[]>(
      q.Map(
        Array.from({ length: 30 }, (_, i) => i),
        q.Lambda('n', q.Create(q.Collection(name), { data: { n: q.Var('n'), at: q.Time('2020-01-01T00:00:00Z') } })),
      ),
    );
    const document = await admin.query<{ data: object; ts: number }>(q.Get(refs[7]!.ref as never));
    expect(document.data).toEqual({ n: 7, at: new faunadb.values.FaunaTime('2020-01-01T00:00:00Z') });
    expect(document.ts).toBeGreaterThan(1.6e15);
    const changed = await admin.query<{ data: object }>(q.Update(refs[7]!.ref as never, { data: { at: null, n: 8 } }));
    expect(changed.data).toEqual({ n: 8 });
    const sizes: number[] = [];
    await admin.paginate(q.Documents(q.Collection(name)), { size: 20 }).each((page) => {
      sizes.push((page as unknown[]).length);
    });
    expect(sizes).toEqual([20, 10]);
  });

  it('answers many queries at once, each its own', async () => {
    const one = client(options);
    const sums = await Promise.all(Array.from({ length: 200 }, (_, i) => one.query(q.Add(i, 1))));
    expect(sums).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it("gives the driver's own errors", async () => {
    const one = client(options);
    await expect(one.query(q.Get(q.Ref(q.Collection(name), '1')))).rejects.toBeInstanceOf(faunadb.errors.NotFound);
    await expect(one.query(q.Abort('enough'))).rejects.toMatchObject({ name: 'BadRequest', description: 'enough' });
    await expect(client({ ...options, secret: 'wrong' }).query(1)).rejects.toBeInstanceOf(faunadb.errors.Unauthorized);
    const keyless = await one.query<{ secret: string }>(q.CreateKey({ role: 'client' }));
    await expect(
      client({ ...options, secret: keyless.secret }).query(q.Create(q.Collection(name), {})),
    ).rejects.toBeInstanceOf(faunadb.errors.PermissionDenied);
  });

  it('pings, and learns the time of the last transaction', async () => {
    const one = client(options);
    expect(await one.ping('node')).toBe('Scope node is OK');
    await one.query(q.Create(q.Collection(name), {}));
    // The driver has it, but its types do not.
    expect((one as Client & { getLastTxnTime(): number }).getLastTxnTime()).toBeGreaterThan(1.6e15);
  });

  // In Node the driver reads streams over HTTP/1.1 only by the `fetch` it brings itself; server.test.ts reads them by Node's.
  it.runIf(protocol === 'HTTP/2')('streams what happens to a document', async () => {
    const one = client(options);
    const { ref } = await one.query<{ ref: never }>(q.Create(q.Collection(name), { data: { n: 0 } }));
    const events: unknown[] = [];
    let subscription: { close(): void } | undefined;
    await new Promise<void>((resolve, reject) => {
      subscription = one.stream
        .document(ref)
        .on('start', () => {
          one.query(q.Update(ref, { data: { n: 1 } })).catch(reject);
        })
        .on('version', (event) => {
          events.push(event);
          resolve();
        })
        .on('error', reject)
        .start();
    });
    subscription?.close();
    expect(events).toMatchObject([{ action: 'update', document: { ref, data: { n: 1 } } }]);
  });
});
