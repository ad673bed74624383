import type { EventStream } from './engine.js';

/** A stream that may be reported from once what it read is on disk. */
export function onceDurable(
  stream: EventStream,
  durable: Promise<void> | undefined,
): EventStream | Promise<EventStream> {
  if (!durable) return stream;
  return durable.then(
    () => stream,
    async (error) => {
      const events = stream.events(AbortSignal.abort())[Symbol.asyncIterator]();
      await events.next();
      await events.return?.();
      throw error;
    },
  );
}

/** The events of a stream, whose signal is aborted when they end. */
export async function* untilOver(
  signal: AbortSignal,
  events: (over: AbortSignal) => AsyncIterable<string>,
): AsyncGenerator<string> {
  const end = new AbortController();
  try {
    yield* events(AbortSignal.any([signal, end.signal]));
  } finally {
    end.abort();
  }
}
