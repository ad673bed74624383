import { openStore } from '@supertokens-faunadb/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('counts users active since a time', async () => {
  const store = await openStore({ memory: true });
  const { activeUsers } = await Core.open(store, []);
  const start = Date.now();
  await activeUsers.noteNow(PUBLIC, 'ada');
  vi.setSystemTime(start + 100_000);
  await activeUsers.noteNow(PUBLIC, 'bob');
  const counts = async () =>
    Promise.all([start, start + 1, start + 100_001].map((since) => activeUsers.countSince(PUBLIC, since)));
  expect(await counts()).toEqual([2, 1, 0]);

  vi.setSystemTime(start + 200_000);
  await activeUsers.noteNow(PUBLIC, 'ada');
  expect(await counts()).toEqual([2, 2, 1]);
  store.transact((transaction) => activeUsers.forget(transaction, PUBLIC, 'ada'));
  expect(await counts()).toEqual([1, 1, 0]);
});

it('records a user at most once a minute', async () => {
  const { activeUsers } = await Core.open(await openStore({ memory: true }), []);
  const start = Date.now();
  await activeUsers.noteNow(PUBLIC, 'ada');
  vi.setSystemTime(start + 30_000);
  await activeUsers.noteNow(PUBLIC, 'ada');
  expect(await activeUsers.countSince(PUBLIC, start + 1)).toBe(0);
});

it('counts more users than fit in one page', async () => {
  const store = await openStore({ memory: true });
  const { activeUsers } = await Core.open(store, []);
  store.transact((transaction) => {
    for (let n = 0; n < 20_500; n++) activeUsers.note(transaction, PUBLIC, `user-${n}`, 1000);
  });
  expect(await activeUsers.countSince(PUBLIC, 0)).toBe(20_500);
});
