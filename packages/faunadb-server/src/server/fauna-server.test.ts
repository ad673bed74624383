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

it('lets tokens and documents expire by its own clock', async () => {
  let now = Date.now();
  const server = await createFaunaServer({ clock: () => now });
  const send = async (secret: string, query: object) => {
    const headers = { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4' };
    const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(query) });
    return { status: response.status, resource: ((await response.json()) as { resource?: unknown }).resource };
  };
  try {
    const users = { collection: 'users' };
    await send(server.rootKey, { create_collection: { object: { name: 'users' } } });
    const ref = { ref: users, id: '1' };
    await send(server.rootKey, { create: ref, params: { object: {} } });
    const ttl = (seconds: number) => ({ time_add: { now: null }, offset: seconds, unit: 'seconds' });
    const token = await send(server.rootKey, {
      create: { tokens: null },
      params: { object: { instance: ref, ttl: ttl(60) } },
    });
    await send(server.rootKey, { update: ref, params: { object: { ttl: ttl(120) } } });
    const { secret } = token.resource as { secret: string };
    expect((await send(secret, { now: null })).status).toBe(200);
    now += 61_000;
    expect((await send(secret, { now: null })).status).toBe(401);
    expect(await send(server.rootKey, { exists: ref })).toEqual({ status: 200, resource: true });
    now += 60_000;
    expect(await send(server.rootKey, { exists: ref })).toEqual({ status: 200, resource: false });
  } finally {
    await server.close();
  }
});
