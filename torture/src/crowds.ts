import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ROOT_KEY, type ServerName } from './server.js';

/** Clients that send requests all the time. */
export interface Crowd {
  readonly server: ServerName;
  readonly url: string;
  readonly clients: number;
  /** Whether each closes its connection after an answer and opens another. */
  readonly reconnects: boolean;
}

/** What a crowd's requests were answered with. */
export interface CrowdCounts {
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
}

const post = (path: string, headers: string, body: object): string => {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nhost: a\r\n${headers}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
};

/** The request of each client: a write. */
export const REQUESTS: Readonly<Record<ServerName, (n: number) => string>> = {
  'core-server': (n) =>
    post('/recipe/session', 'cdi-version: 5.4\r\n', {
      userId: `user-${n}`,
      userDataInJWT: {},
      userDataInDatabase: {},
      enableAntiCsrf: false,
    }),
  'faunadb-server': (n) =>
    post('/', `authorization: Bearer ${ROOT_KEY}\r\n`, {
      create: { collection: 'crowd' },
      params: { object: { data: { object: { n } } } },
    }),
};

/** Runs a crowd in its own process while `work` runs. */
export async function amid(crowd: Crowd, work: () => Promise<void>): Promise<CrowdCounts> {
  const child = fork(fileURLToPath(new URL('./crowd.ts', import.meta.url)), [JSON.stringify(crowd)], {
    execArgv: ['--conditions', 'source', '--import', 'tsx'],
  });
  try {
    await work();
    return await countsOf(child);
  } finally {
    child.kill('SIGKILL');
  }
}

async function countsOf(child: ChildProcess): Promise<CrowdCounts> {
  child.send('enough');
  const [counts] = await once(child, 'message');
  return counts as CrowdCounts;
}
