import { afterEach, expect, it, vi } from 'vitest';
import type { QueryContext } from '../../query/context.js';
import { LastEvent, StreamHub, type Watch } from './hub.js';

afterEach(() => {
  vi.useRealTimers();
});

const QUIET: Watch = {
  since: 1n,
  acting: (work) => work({} as QueryContext),
  dependsOn: () => false,
  events: () => [],
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
  const fail = (error: unknown) => () => {
    throw error;
  };
  const failing = eventsOf(hub, { ...QUIET, events: fail(new Error('a bug')) });
  const ending = eventsOf(hub, { ...QUIET, events: fail(new LastEvent('last')) });
  const lost = eventsOf(hub, { ...QUIET, acting: (work) => work(undefined) });
  const lasting = eventsOf(hub, { ...QUIET, events: () => ['event'] });
  hub.publish({ changes: [], histories: [] } as never, 2n);
  for (const [events, last] of [
    [failing, 'failed'],
    [ending, 'last'],
    [lost, 'unauthorized'],
  ] as const) {
    expect((await events.next()).value).toBe(last);
    expect((await events.next()).done).toBe(true);
  }
  expect((await lasting.next()).value).toBe('event');
  hub.endAll();
});
