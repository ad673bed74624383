import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deletions, type TokenDeletionReport } from './deletions.js';

const user = { userId: '1', recipeUserId: '1', tenantId: 'public' };
let reports: TokenDeletionReport[];
let deletions: Deletions;

beforeEach(() => {
  vi.useFakeTimers();
  reports = [];
  deletions = new Deletions((report) => reports.push(report));
});

afterEach(() => {
  vi.useRealTimers();
});

const deletion = (attempt: () => Promise<void>, expiry = Date.now() + 3_600_000) => ({
  user,
  sessionHandles: ['handle'],
  expiry,
  attempt,
});

it('says nothing of a deletion that succeeds at once', async () => {
  await deletions.delete(deletion(async () => {}));
  expect(reports).toEqual([]);
});

it.each([
  [
    'throws',
    () => {
      throw new Error('theirs');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('theirs');
    },
  ],
])('goes on where the report %s', async (_, report) => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const attempt = vi.fn().mockRejectedValueOnce(new Error('away'));
  await new Deletions(report).delete(deletion(attempt));
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', unhandled);
  expect(attempt).toHaveBeenCalledTimes(2);
  expect(unhandled).not.toHaveBeenCalled();
});

it('tries again, after pauses that grow, until it succeeds', async () => {
  const times: number[] = [];
  const attempt = vi.fn(async () => {
    times.push(Date.now());
    if (times.length < 6) throw new Error('away');
  });
  await deletions.delete(deletion(attempt));
  await vi.runAllTimersAsync();
  expect(attempt).toHaveBeenCalledTimes(6);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  pauses.forEach((pause, index) => {
    const longest = 250 * 2 ** index;
    expect(pause).toBeGreaterThanOrEqual(longest / 2 - 1);
    expect(pause).toBeLessThanOrEqual(longest);
  });
  expect(reports.map(({ status }) => status)).toEqual([...Array(5).fill('retrying'), 'deleted']);
});

it('gives up when the tokens have expired', async () => {
  const attempt = vi.fn(async () => {
    throw new Error('away');
  });
  await deletions.delete(deletion(attempt, Date.now() + 60_000));
  await vi.runAllTimersAsync();
  expect(reports.at(-1)).toMatchObject({
    status: 'expired',
    tries: attempt.mock.calls.length,
    sessionHandles: ['handle'],
  });
  expect(vi.getTimerCount()).toBe(0);
});

it('is not stopped by a callback that throws', async () => {
  let tries = 0;
  const throwing = new Deletions(() => {
    throw new Error('the application');
  });
  const attempt = async () => {
    if (++tries < 3) throw new Error('away');
  };
  await throwing.delete(deletion(attempt));
  await vi.runAllTimersAsync();
  expect(tries).toBe(3);
});
