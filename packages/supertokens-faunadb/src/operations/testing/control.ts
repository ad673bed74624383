import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What other processes do with test servers. */
export interface Controlled {
  /** What the environment says of the servers. */
  readonly env: Readonly<Record<string, string>>;
  /** How far the servers' clock has been advanced, in milliseconds. */
  readonly offset: () => number;
  readonly advance: (milliseconds: number) => void;
  /** Makes the current state the one that `reset` restores. */
  readonly keep: () => void;
  readonly reset: () => void;
}

/** The state of test servers as other processes see it. */
export interface ControlAnswer {
  readonly env: Readonly<Record<string, string>>;
  readonly offset: number;
}

/** A request of another process. */
export interface ControlRequest {
  readonly action?: 'advance' | 'keep' | 'reset';
  readonly milliseconds?: number;
}

/** The port on which other processes of this machine control test servers, by a URL that cannot be guessed. */
export async function openControl(controlled: Controlled): Promise<{ url: string; close: () => Promise<void> }> {
  const path = `/${randomBytes(20).toString('hex')}`;
  const server = createServer(async (request, response) => {
    try {
      if (request.url !== path) throw new Error('There is nothing at this address.');
      const { action, milliseconds } = JSON.parse((await text(request)) || '{}') as ControlRequest;
      if (action === 'advance') controlled.advance(milliseconds ?? Number.NaN);
      else if (action !== undefined) controlled[action]();
      const answer: ControlAnswer = { env: controlled.env, offset: controlled.offset() };
      response.end(JSON.stringify(answer));
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
