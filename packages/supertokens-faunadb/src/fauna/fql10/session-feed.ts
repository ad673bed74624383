import type { Client, EventSource, FeedPage, QueryValue, StreamEventData } from 'fauna';
import { type TokenSource, withToken } from '../base/token-source.js';
import { eventSourceOf, type Source } from './event-source.js';

/** What a {@link SessionFeed} is made of. */
export interface SessionFeedParts {
  readonly base: Client;
  readonly sourceOfQuery: () => TokenSource;
  readonly source: Source;
  readonly options: Parameters<Client['feed']>[1];
}

/** A feed like the driver's own, each page of which is read with the session's current token. */
export class SessionFeed<T extends QueryValue> {
  readonly #parts: SessionFeedParts;
  #eventSource: EventSource | undefined;
  #cursor: string | undefined;
  #isDone = false;

  constructor(parts: SessionFeedParts) {
    this.#parts = parts;
  }

  /** Reads the next page. */
  async nextPage(): Promise<FeedPage<T>> {
    if (this.#isDone) throw new Error('The feed has no more pages.');
    const { base, sourceOfQuery, source, options } = this.#parts;
    const page = await withToken(sourceOfQuery(), async (secret) => {
      this.#eventSource ??= await eventSourceOf(base, source, secret);
      const { start_ts: _, ...others } = { ...options };
      const from = this.#cursor === undefined ? { ...options } : { ...others, cursor: this.#cursor };
      return base.feed<T>(this.#eventSource, { ...from, secret }).nextPage();
    });
    this.#cursor = page.cursor;
    this.#isDone = !page.hasNext;
    return page;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedPage<T>> {
    while (!this.#isDone) yield await this.nextPage();
  }

  /** The events of all pages. */
  async *flatten(): AsyncGenerator<StreamEventData<T>> {
    for await (const page of this) yield* page.events;
  }
}
