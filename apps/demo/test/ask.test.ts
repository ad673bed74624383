import faunadb from 'faunadb';
import { expect, it } from 'vitest';
import { startCuttableServer } from '../../../packages/supertokens-faunadb/test/support/cuttable-server.js';
import { ask } from '../server/ask.js';

it('asks again where the connection was cut before the query could be sent', async () => {
  const { client, cut, stop } = await startCuttableServer();
  try {
    expect(await ask(client, faunadb.query.Add(1, 1))).toBe(2);
    cut();
    expect(await ask(client, faunadb.query.Add(1, 1))).toBe(2);
  } finally {
    await stop();
  }
});
