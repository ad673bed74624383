import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { explainListenError } from './listen-error.js';

const HOST = '127.0.0.1';

it.each(['--port', '--metrics-port'])('says to give another %s where the port is taken', async (option) => {
  const taken = createServer().listen(0, HOST);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const server = createServer().listen(port, HOST);
  const [error] = await once(server, 'error');
  const options = option === '--port' ? { host: HOST, port } : { host: HOST, port: 0, metricsPort: port };
  const { message } = explainListenError(error, options);
  expect(message).toBe(`Port ${port} of ${HOST} is taken: stop what listens there, or give another ${option}.`);
  taken.close();
});

it('says that an address is none of this machine, and keeps what it does not know', async () => {
  const host = '192.0.2.1';
  const [error] = await once(createServer().listen(0, host), 'error');
  expect(explainListenError(error, { host, port: 0 }).message).toMatch(/^192\.0\.2\.1 is no address of this machine/);
  const other = new Error('other');
  expect(explainListenError(other, { host, port: 0 })).toBe(other);
});
