import type { Client, EventSource, Query } from 'fauna';
import { FaunadbSessionError } from '../../shared/errors.js';

/** What an application passes to `stream` and `feed`: an event source, or a query that answers one. */
export type Source = Parameters<Client['stream']>[0];

/** Reads the event source of a query, with a token. */
export async function eventSourceOf(client: Client, source: Source, secret: string): Promise<EventSource> {
  if (!('encode' in source)) return source;
  const { data } = await client.query<EventSource>(source as Query<EventSource>, { secret, format: 'tagged' });
  if (typeof data?.token === 'string') return data;
  throw new FaunadbSessionError(
    'CONFIG_INVALID',
    'The query answers no event source: end it with .eventSource() or .eventsOn().',
  );
}
