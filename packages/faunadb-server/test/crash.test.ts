import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExprArg, query as q } from 'faunadb';
import { afterAll, expect, it } from 'vitest';
import { ask, type QueryError, type ServerProcess, startServer } from './server.js';

const data = mkdtempSync(join(tmpdir(), 'faunadb-crash-'));
const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(data, { recursive: true, force: true });
});

const ACCOUNTS = ['1', '2', '3', '4'];
const BALANCE = 1000;
const CLIENTS = 8;
const ENOUGH = 300;

async function start(): Promise<string> {
  const server = await startServer(data);
  servers.push(server);
  return server.url;
}

const account = (id: string) => q.Ref(q.Collection('accounts'), id);

/** Moves one from one account to another, and notes it: three writes that belong together. */
const transfer = (from: string, to: string, note: string) => {
  const add = (id: string, amount: number) =>
    q.Update(account(id), { data: { balance: q.Add(q.Select(['data', 'balance'], q.Get(account(id))), amount) } });
  return q.Do(add(from, -1), add(to, 1), q.Create(q.Collection('transfers'), { data: { from, to, note } }));
};

const all = (set: ExprArg) => q.Select('data', q.Paginate(set, { size: 100_000 }));
const dataOf = (name: string) =>
  q.Select(
    'data',
    q.Map(q.Paginate(q.Documents(q.Collection(name)), { size: 100_000 }), (ref) => q.Select('data', q.Get(ref))),
  );

async function prepare(url: string): Promise<void> {
  for (const name of ['accounts', 'transfers']) await ask(url, q.CreateCollection({ name }));
  await ask(
    url,
    q.CreateIndex({
      name: 'transfers_by_note',
      source: q.Collection('transfers'),
      terms: [{ field: ['data', 'note'] }],
      unique: true,
    }),
  );
  for (const id of ACCOUNTS) {
    await ask(url, q.Create(account(id), { data: { balance: BALANCE }, credentials: { password: `secret ${id}` } }));
  }
}

/** What the server has acknowledged. */
interface Known {
  readonly notes: Set<string>;
  readonly secrets: Map<string, 'alive' | 'gone'>;
}

/** Works until the server is gone. What is in flight then may or may not have happened, and is not recorded. */
async function live(url: string, name: string, known: Known): Promise<void> {
  for (let n = 0; ; n++) {
    const from = ACCOUNTS[n % ACCOUNTS.length]!;
    const to = ACCOUNTS[(n + 1 + (n % 3)) % ACCOUNTS.length]!;
    const note = `${name} ${n}`;
    await ask(url, transfer(from, to, note));
    known.notes.add(note);
    if (n % 10 !== 0) continue;
    const { secret } = await ask(url, q.Create(q.Tokens(), { instance: account(from) }));
    known.secrets.set(secret, 'alive');
    if (n % 20 !== 0) continue;
    known.secrets.delete(secret);
    await ask(url, q.Logout(false), secret);
    known.secrets.set(secret, 'gone');
  }
}

it('keeps all that it has acknowledged, and no half of a transaction, when it is killed', {
  timeout: 120_000,
}, async () => {
  const url = await start();
  await prepare(url);
  const known: Known = { notes: new Set(), secrets: new Map() };
  const clients = Array.from({ length: CLIENTS }, (_, i) => live(url, `client ${i}`, known).catch(() => undefined));
  while (known.notes.size < ENOUGH) await new Promise(setImmediate);
  await servers[0]!.kill();
  await Promise.all(clients);

  const again = await start();
  const transfers: { from: string; to: string; note: string }[] = await ask(again, dataOf('transfers'));
  const kept = new Set(transfers.map(({ note }) => note));
  expect([...known.notes].filter((note) => !kept.has(note))).toEqual([]);

  const balances: { balance: number }[] = await ask(again, dataOf('accounts'));
  const expected = ACCOUNTS.map((id) => {
    const received = transfers.filter(({ to }) => to === id).length;
    return BALANCE + received - transfers.filter(({ from }) => from === id).length;
  });
  expect(balances.map(({ balance }) => balance)).toEqual(expected);

  for (const { note } of transfers) {
    expect(await ask(again, all(q.Match(q.Index('transfers_by_note'), note)))).toHaveLength(1);
  }
  for (const [secret, state] of known.secrets) {
    const identity = await ask(again, q.CurrentIdentity(), secret).catch((error: QueryError) => error.status);
    if (state === 'gone') expect(identity).toBe(401);
    else expect(identity).not.toBe(401);
  }
});
