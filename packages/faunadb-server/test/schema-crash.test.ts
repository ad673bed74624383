import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ROOT_KEY, type ServerProcess, startServer } from './server.js';

const data = mkdtempSync(join(tmpdir(), 'faunadb-schema-crash-'));
const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(data, { recursive: true, force: true });
});

const DOCUMENTS = 2000;

/** A server that can be asked until it is killed. */
class Client {
  readonly #server: ServerProcess;

  private constructor(server: ServerProcess) {
    this.#server = server;
  }

  static async start(): Promise<Client> {
    const server = await startServer(data);
    servers.push(server);
    return new Client(server);
  }

  kill = (): Promise<void> => this.#server.kill();

  // biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
  async #send(path: string, method: string, body?: FormData | string): Promise<any> {
    const headers = { authorization: `Bearer ${ROOT_KEY}` };
    const response = await fetch(`${this.#server.url}${path}`, { method, headers, ...(body ? { body } : {}) });
    const answer = (await response.json()) as { error?: { code?: string; message: string }; summary?: string };
    if (answer.error) throw new Error(`${answer.error.code}: ${answer.summary ?? answer.error.message}`);
    return answer;
  }

  // biome-ignore lint/suspicious/noExplicitAny: see above
  query = async (query: string): Promise<any> => (await this.#send('/query/1', 'POST', JSON.stringify({ query }))).data;
  commit = () => this.#send('/schema/1/staged/commit', 'POST');
  abandon = () => this.#send('/schema/1/staged/abandon', 'POST');
  status = async (): Promise<string> => (await this.#send('/schema/1/staged/status', 'GET')).status;
  file = async (): Promise<string> => (await this.#send('/schema/1/files/main.fsl', 'GET')).content;
  push = (text: string, parameters = ''): Promise<void> => {
    const form = new FormData();
    form.append('main.fsl', new Blob([text]), 'main.fsl');
    return this.#send(`/schema/1/update${parameters}`, 'POST', form);
  };
  async becomesReady(): Promise<void> {
    while ((await this.status()) === 'pending');
  }
}

/** The schema in which the field of `A` has been moved `moves` times. Each has its own index and function. */
function schema(moves: number): string {
  const moved = Array.from({ length: moves }, (_, i) => `    move .f${i} -> .f${i + 1}\n`).join('');
  return `collection A {
  f${moves}: Int
${moved && `  migrations {\n${moved}  }\n`}
  index by${moves} {
    terms [.f${moves}]
  }
  unique [.f${moves}]
}

collection Log {
  n: Int
}

function current() {
  "f${moves}"
}
`;
}

/** Reads the documents of `A` by all parts of a schema. @throws {Error} if any part of another one is in effect */
async function checkWhole(client: Client, moves: number, values: readonly number[]): Promise<void> {
  const field = `f${moves}`;
  expect(await client.query('current()')).toBe(field);
  expect(await client.query(`A.all().map(.${field}).toArray()`)).toEqual(values);
  const indexed = `[${[values[0], values.at(-1)].join()}].map(n => A.by${moves}(n).map(.${field}).toArray())`;
  while (await client.query(`A.definition.indexes["by${moves}"]?.status == "building"`));
  expect(await client.query(indexed)).toEqual([[values[0]], [values.at(-1)]]);
  await expect(client.query(`A.create({ ${field}: ${values[0]} })`)).rejects.toThrow('constraint_failure');
}

type Change = 'push' | 'stage' | 'commit' | 'abandon';

it('has the schema before or after a change, and all of it, when the server is killed during the change', {
  timeout: 240_000,
}, async () => {
  let client = await Client.start();
  let moves = 0;
  const values = Array.from({ length: DOCUMENTS }, (_, i) => i);
  await client.push(schema(moves));
  await client.query(`Set.sequence(0, ${DOCUMENTS}).forEach(n => A.create({ f0: n }))`);

  /** Kills the server while it makes a change, or while it builds the indexes for it. @returns whether it is made */
  async function interrupt(change: Change, moment: 'evaluated' | 'answered'): Promise<boolean> {
    const [before, after] = [schema(moves), schema(moves + 1)];
    const make = () => {
      if (change === 'push') return client.push(after);
      return change === 'stage' ? client.push(after, '?staged=true') : client[change]();
    };
    const statusBefore = await client.status();
    const pending = make().then(
      () => true,
      () => false,
    );
    // A query that was sent later has been answered: the change is evaluated, and perhaps on disk.
    await (moment === 'answered' ? pending : client.query('Log.create({ n: 1 })'));
    await client.kill();
    const isAnswered = await pending;

    client = await Client.start();
    expect(await client.query('Log.all().count()')).toBe(moment === 'answered' ? 0 : 1);
    await client.query('Log.all().forEach(.delete())');
    const [file, status] = [await client.file(), await client.status()];
    const isMade = change === 'push' ? file === after : (status === 'none') !== (statusBefore === 'none');
    if (isAnswered) expect(isMade).toBe(true);
    const isInEffect = isMade && (change === 'push' || change === 'commit');
    expect(file).toBe(isInEffect ? after : before);
    await checkWhole(client, isInEffect ? moves + 1 : moves, values);
    return isMade;
  }

  if (!(await interrupt('push', 'evaluated'))) await client.push(schema(moves + 1));
  moves++;
  expect(await interrupt('stage', 'answered')).toBe(true);
  await client.becomesReady();
  if (!(await interrupt('commit', 'evaluated'))) await client.commit();
  moves++;
  await client.push(schema(moves + 1), '?staged=true');
  if (!(await interrupt('abandon', 'evaluated'))) await client.abandon();
  expect(await interrupt('push', 'answered')).toBe(true);
  moves++;

  expect(await client.status()).toBe('none');
  expect(await client.file()).toBe(schema(moves));
  await checkWhole(client, moves, values);
});
