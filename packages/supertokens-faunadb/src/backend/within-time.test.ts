import faunadb from 'faunadb';
import { expect, it } from 'vitest';
import { startCuttableServer } from '../../test/support/cuttable-server.js';
import { withinTime } from './within-time.js';

it('asks again where the connection was cut before the query could be sent', async () => {
  const { client, cut, stop } = await startCuttableServer();
  try {
    expect(await withinTime(client, faunadb.query.Add(1, 1), 5_000)).toBe(2);
    cut();
    expect(await withinTime(client, faunadb.query.Add(1, 1), 5_000)).toBe(2);
  } finally {
    await stop();
  }
});
