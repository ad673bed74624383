import faunadb from 'faunadb';
import { expect, it } from 'vitest';
import { startCuttableServer } from '../../../packages/supertokens-faunadb/test/support/cuttable-server.js';
import { ask } from '../server/ask.js';

it('retries a query that was not sent because the connection was cut', async () => {
  const { client, cut, stop } = await startCuttableServer();
  try {
    expect(await ask(client, faunadb.query.Add(1, 1))).toBe(2);
    cut();
    expect(await ask(client, faunadb.query.Add(1, 1))).toBe(2);
  } finally {
    await stop();
  }
});
