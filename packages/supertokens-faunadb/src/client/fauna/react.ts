import { type Client, type EventSource, fql, type Page, type Query, type QueryValue } from 'fauna';
import { type ReactNode, useRef } from 'react';
import { clientHooks, type FaunaQueryResult, useQuery, useStream } from '../hooks.js';
import { createFaunaClient, type FaunaClientOptions } from './browser.js';
import { type LiveEvent, liveData } from './live-data.js';

export type { FaunaQueryResult } from '../hooks.js';
export type { FaunaClientOptions, FrontendSession } from './browser.js';

const { useProvider, useClient, useProvided } = clientHooks<Client, FaunaClientOptions>(createFaunaClient);

/** The props of {@link FaunaProvider}: the options of `createFaunaClient`, read once when it is mounted. */
export interface FaunaProviderProps extends FaunaClientOptions {
  /** The components that use the client. */
  readonly children?: ReactNode;
}

/**
 * Provides the session's client to the components below it, for {@link useFaunaClient}, {@link useFaunaQuery} and
 * {@link useFaunaStream}.
 *
 * @example
 * ```tsx
 * import Session from 'supertokens-auth-react/recipe/session';
 *
 * <FaunaProvider session={Session} endpoint={endpoint}>
 *   <Posts />
 * </FaunaProvider>
 * ```
 */
export function FaunaProvider({ children, ...options }: FaunaProviderProps): ReactNode {
  return useProvider(options, children);
}

/**
 * Returns the client of the {@link FaunaProvider} above. With options, returns a client of the component's own instead,
 * which stays the same until the component is unmounted.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID` if there is no provider and no options are passed.
 *
 * @example
 * ```tsx
 * const client = useFaunaClient();
 * const post = () => client.query(fql`posts.create({ text: ${text} })`);
 * ```
 */
export function useFaunaClient(options?: FaunaClientOptions): Client {
  return useClient(options);
}

/**
 * Queries FaunaDB as the logged-in user: when the component is mounted, when the query changes, and when the session
 * has a new token (after a refresh, or another user's login). Unmounting cancels the query.
 *
 * @param query - May be a new object on each render; queries are compared by content. Undefined or null skips the query.
 *
 * @example
 * ```tsx
 * const { data, error, loading } = useFaunaQuery<Page<Post>>(fql`posts.byAuthor(Query.identity())`);
 * ```
 */
export function useFaunaQuery<T extends QueryValue = QueryValue>(
  query: Query<T> | null | undefined,
): FaunaQueryResult<T> {
  const provided = useProvided();
  // The driver cannot end a query early: an answer that comes too late is dropped.
  return useQuery(provided, keyOf(query), async () => (await provided.client.query<T>(query as Query<T>)).data);
}

/** The options of {@link useFaunaStream}. */
export interface FaunaStreamOptions {
  /** Called with each `add`, `update` and `remove` event of the stream. */
  readonly onEvent?: (event: LiveEvent) => void;
}

/** The result of {@link useFaunaStream}. */
export interface FaunaStreamResult<T> {
  /** The current document, or null if it does not exist; for a set, its first 1,000 members and those added since. */
  readonly data: T | undefined;
  /** Why the stream has ended: the session ended, or FaunaDB refused the query. */
  readonly error: Error | undefined;
  /** Whether the hook is waiting for the initial state. */
  readonly loading: boolean;
}

/**
 * Returns a document, or the members of a set, kept up to date by a stream that lasts until the session ends or the
 * component is unmounted.
 *
 * @param query - A document, or a set of which FaunaDB makes streams. Where it has a projection, the projection must include
 * `id`, by which changes are matched. May be a new object on each render. Undefined or null opens no stream.
 *
 * @example
 * ```tsx
 * const { data: post } = useFaunaStream<Post>(fql`posts.byId(${id})`);
 * const { data: posts } = useFaunaStream<Post[]>(fql`posts.byAuthor(Query.identity()) { id, title }`);
 * ```
 */
export function useFaunaStream<T = unknown>(
  query: Query | null | undefined,
  options: FaunaStreamOptions = {},
): FaunaStreamResult<T> {
  const provided = useProvided();
  const latest = useRef(options);
  latest.current = options;
  const { data, error, loading } = useStream<LiveState>(provided, keyOf(query), ({ update, fail }) => {
    let close = () => {};
    let isOpen = true;
    const run = async () => {
      const { data } = await provided.client.query<Opening>(openingOf(query as Query), {
        typecheck: false,
        format: 'tagged',
      });
      if (!isOpen) return;
      update(() => ({ value: data.members?.data ?? data.document ?? null }));
      const stream = provided.client.stream(data.source);
      close = () => stream.close();
      for await (const event of stream) {
        if (event.type === 'status') continue;
        update((before) => ({ value: liveData(before?.value ?? null, event) }));
        latest.current.onEvent?.(event);
      }
    };
    run().catch((failure: Error) => isOpen && fail(failure));
    return () => {
      isOpen = false;
      close();
    };
  });
  return { data: data?.value as T | undefined, error, loading };
}

/** In an object, to tell a document that does not exist from one that has not been read. */
interface LiveState {
  readonly value: unknown;
}

/** The state that a stream begins with, and its events from then on. */
interface Opening {
  readonly [key: string]: QueryValue;
  readonly members: Page<QueryValue> | null;
  readonly document: QueryValue;
  readonly source: EventSource & QueryValue;
}

function openingOf(query: Query): Query<Opening & QueryValue> {
  return fql`
    let watched = { let none = null; ${query}
    }
    if (watched isa Set) {
      ({ members: watched.pageSize(1000), document: null, source: watched.eventSource() })
    } else {
      let document = if (watched == null) null else watched
      ({ members: null, document: document, source: Set.single(watched).eventSource() })
    }`;
}

/** Compares queries by content: they may be new objects on each render. */
function keyOf(query: Query | null | undefined): string | undefined {
  return query === null || query === undefined ? undefined : JSON.stringify(query.encode());
}
