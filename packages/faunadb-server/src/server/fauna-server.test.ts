import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { createFaunaServer } from './fauna-server.js';

it('listens on this machine alone by default', async () => {
  const server = await createFaunaServer();
  try {
    expect((await fetch(`${server.url}/ping`)).status).toBe(200);
    const outside = Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.filter(({ internal, family }) => !internal && family === 'IPv4'),
    );
    for (const { address } of outside) await expect(fetch(`http://${address}:${server.port}/ping`)).rejects.toThrow();
  } finally {
    await server.close();
  }
});
