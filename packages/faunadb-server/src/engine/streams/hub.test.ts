import { afterEach, expect, it, vi } from 'vitest';
import { ChangeLog } from '../../model/base/changes.js';
import { StoredVersion } from '../../model/base/stored-version.js';
import { Ref } from '../../values/values.js';
import { StreamHub, type Watch } from './hub.js';
import type { StreamReport } from './report.js';

afterEach(() => {
  vi.useRealTimers();
});

const QUIET: Watch = {
  since: 1n,
  report: ({ length }) => ({ events: [], reported: length, isOver: false }),
  end: (why) => why,
};

const eventsOf = (hub: StreamHub, watch: Watch) =>
  hub.open(watch)(new AbortController().signal)[Symbol.asyncIterator]();

it('reports now and then how far a stream is, once all until then has been reported', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  let settle = (_: bigint): void => {};
  const hub = new StreamHub(
    () => Date.now(),
    () =>
      new Promise((resolve) => {
        settle = resolve;
      }),
  );
  const events = eventsOf(hub, { ...QUIET, status: (time) => `status ${time}` });
  vi.advanceTimersByTime(5 * 60_000 + 1_000);
  settle(42n);
  expect((await events.next()).value).toBe('status 42');
  hub.endAll();
  expect((await events.next()).done).toBe(true);
});

it('ends a stream that fails, or that says so, and only that', async () => {
  const hub = new StreamHub(
    () => Date.now(),
    async () => 0n,
  );
  const failing = eventsOf(hub, {
    ...QUIET,
    report: () => {
      throw new Error('a bug');
    },
  });
  const failingLater = eventsOf(hub, { ...QUIET, report: () => Promise.reject(new Error('a bug')) });
  const ending = eventsOf(hub, { ...QUIET, report: () => ({ events: ['last'], reported: 0, isOver: true }) });
  const lasting = eventsOf(hub, { ...QUIET, report: () => ({ events: ['event'], reported: 1, isOver: false }) });
  hub.publish(new ChangeLog(), 2n);
  for (const [events, last] of [
    [failing, 'failed'],
    [failingLater, 'failed'],
    [ending, 'last'],
  ] as const) {
    expect((await events.next()).value).toBe(last);
    expect((await events.next()).done).toBe(true);
  }
  expect((await lasting.next()).value).toBe('event');
  hub.endAll();
});

it('reports transactions in order, also those that wait for an earlier report', async () => {
  const hub = new StreamHub(
    () => Date.now(),
    async () => 0n,
  );
  const answers: ((report: StreamReport) => void)[] = [];
  const asked: bigint[][] = [];
  const events = eventsOf(hub, {
    ...QUIET,
    report: (transactions) => {
      asked.push(transactions.map(({ time }) => time));
      const all = {
        events: transactions.map(({ time }) => String(time)),
        reported: transactions.length,
        isOver: false,
      };
      if (asked.length === 3) return all;
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  const publish = (...times: bigint[]) => {
    for (const time of times) hub.publish(new ChangeLog(), time);
  };
  const next = async () => (await events.next()).value;
  publish(2n, 3n);
  answers[0]?.({ events: ['2'], reported: 1, isOver: false });
  expect(await next()).toBe('2');
  publish(4n, 5n);
  await new Promise((resolve) => setImmediate(resolve));
  // This one leaves what it had no time for.
  answers[1]?.({ events: ['3'], reported: 1, isOver: false });
  expect([await next(), await next(), await next()]).toEqual(['3', '4', '5']);
  expect(asked).toEqual([[2n], [3n], [4n, 5n]]);
  hub.endAll();
});

it('ends a stream that is too far behind, and its report', async () => {
  const hub = new StreamHub(
    () => Date.now(),
    async () => 0n,
  );
  let closed: AbortSignal | undefined;
  const events = eventsOf(hub, {
    ...QUIET,
    report: (_, signal) => {
      closed = signal;
      return new Promise(() => {});
    },
  });
  const large = new ChangeLog();
  const ref = new Ref(1, 1, 1n);
  large.written(ref, undefined, StoredVersion.deletion(1n), 20 << 20);
  hub.publish(large, 2n);
  expect(closed?.aborted).toBe(false);
  hub.publish(large, 3n);
  expect(closed?.aborted).toBe(true);
  expect([(await events.next()).value, (await events.next()).done]).toEqual(['congested', true]);
});
