import { fork } from 'node:child_process';
import { openStore } from '@supertokens-faunadb/store';
import { expect, it, vi } from 'vitest';
import { Workers } from './workers.js';

vi.setConfig({ testTimeout: 120_000 });
// The real one, which also counts its calls.
vi.mock('node:child_process', async (original) => {
  const actual = await original<typeof import('node:child_process')>();
  return { ...actual, fork: vi.fn(actual.fork) };
});

it('a process that starts too slowly for one query is kept for the next', async () => {
  const store = await openStore({ memory: true });
  const workers = new Workers(async () => ({ rootKey: 'root', file: await store.share() }));
  const run = (timeout: number) => {
    const request = { secret: 'root', query: '{"add":[1,1]}', timeout, pretty: false };
    const job = { kind: 'execute', request, begun: 0n, isWatched: false } as const;
    return workers.run(job, { tree: 'one', who: 'a' }, performance.now() + timeout);
  };
  await expect(run(20)).rejects.toMatchObject({ code: 'time out' });
  expect((await run(60_000)).answer.body).toBe('{"resource":2}');
  expect(fork).toHaveBeenCalledTimes(1);
  workers.close();
  await store.close();
});
