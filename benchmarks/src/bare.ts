// The baseline: a node:http server that only parses a JSON body and answers with one. Other servers are reported relative
// to it, measured in the same run, so that figures can be compared across machines.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { send, type Target } from './scenario.js';

function serve(): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const query = JSON.parse(Buffer.concat(chunks).toString()) as { get: string };
      const body = JSON.stringify({ resource: { ref: query.get, ts: Date.now(), data: { name: 'Ada' } } });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve();

export const bare: Target<null> = {
  name: 'bare',
  async start() {
    const child: ChildProcess = fork(fileURLToPath(import.meta.url), { execArgv: ['--import', 'tsx'] });
    const [port] = (await once(child, 'message')) as [number];
    return {
      url: `http://127.0.0.1:${port}`,
      secret: '',
      stop: async () => {
        child.kill();
        await once(child, 'exit');
      },
    };
  },
  prepare: async () => null,
  scenarios: [
    {
      name: 'echo',
      connect: () => (client) =>
        send(client, {
          method: 'POST',
          path: '/',
          headers: { 'content-type': 'application/json' },
          body: '{"get":"1"}',
        }).then(() => undefined),
    },
  ],
};
