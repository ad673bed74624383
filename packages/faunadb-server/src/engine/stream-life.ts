import type { Answer, EventStream, StreamRequest, StreamRequest10 } from './engine.js';
import type { StreamView } from './streams/report.js';

/** A stream that is about to begin. */
export interface OpenedStream {
  readonly view: StreamView;
  /** The request, by which another process can open it again. */
  readonly found: StreamRequest | StreamRequest10;
  /** Its first event, if that says when it began, in µs. */
  readonly first?: (since: bigint) => string;
  /**
   * All its events, if they are not only those from then on.
   *
   * @param past answers a request for what happened before it was opened
   * @param live what happens from then on
   */
  readonly events?: (past: () => Answer | Promise<Answer>, live: AsyncIterable<string>) => AsyncIterable<string>;
}

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
