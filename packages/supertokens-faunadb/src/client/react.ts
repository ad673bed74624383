import type { Client, Expr } from 'faunadb';
import { type ReactNode, useRef } from 'react';
import { createFaunaClient, type FaunaClientOptions } from './browser.js';
import { clientHooks, type FaunaQueryResult, useQuery, useStream } from './hooks.js';
import { type LiveData, liveData } from './live-data.js';

export type { FaunaClientOptions, FrontendSession } from './browser.js';
export type { FaunaQueryResult } from './hooks.js';

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
 * <FaunaProvider session={Session} endpoint="https://fauna.example.com">
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
 * const post = () => client.query(q.Create(q.Collection('posts'), { data: { text } }));
 * ```
 */
export function useFaunaClient(options?: FaunaClientOptions): Client {
  return useClient(options);
}

/**
 * Queries FaunaDB as the logged-in user: when the component is mounted, when the expression changes, and when the session
 * has a new token (after a refresh, or another user's login). Unmounting cancels the query.
 *
 * @param expression - May be a new object on each render; expressions are compared by content. Undefined or null skips the query.
 *
 * @example
 * ```tsx
 * const { data, error, loading } = useFaunaQuery<{ data: Post[] }>(q.Paginate(q.Match(q.Index('my_posts'))));
 * ```
 */
export function useFaunaQuery<T = unknown>(expression: Expr | null | undefined): FaunaQueryResult<T> {
  const provided = useProvided();
  return useQuery(
    provided,
    keyOf(expression),
    (signal) => provided.client.query<object>(expression as Expr, { signal }) as Promise<T>,
  );
}

/** The options of {@link useFaunaStream}. */
export interface FaunaStreamOptions {
  /** Called with each `snapshot`, `version` and `set` event of the stream. */
  readonly onEvent?: (event: { readonly type: string; readonly event: unknown; readonly resumed?: boolean }) => void;
}

/** The result of {@link useFaunaStream}. */
export interface FaunaStreamResult<T> {
  /** The current document, or null if it does not exist; for a set, its first 1,000 members and those added since. */
  readonly data: T | undefined;
  /** Why the stream has ended: the session ended, or FaunaDB refused the expression. */
  readonly error: Error | undefined;
  /** Whether the hook is waiting for the initial state. */
  readonly loading: boolean;
}

/**
 * Returns a document, or the members of a set, kept up to date by a stream that lasts until the session ends or the
 * component is unmounted.
 *
 * @param expression - A document's reference, or a set. May be a new object on each render. Undefined or null opens no stream.
 *
 * @example
 * ```tsx
 * const { data: post } = useFaunaStream<{ data: Post }>(q.Ref(q.Collection('posts'), id));
 * const { data: refs } = useFaunaStream<Expr[]>(q.Documents(q.Collection('posts')));
 * ```
 */
export function useFaunaStream<T = unknown>(
  expression: Expr | null | undefined,
  options: FaunaStreamOptions = {},
): FaunaStreamResult<T> {
  const provided = useProvided();
  const latest = useRef(options);
  latest.current = options;
  const { data, error, loading } = useStream<LiveData>(provided, keyOf(expression), ({ update, fail }) => {
    const stream = provided.client.stream.document(expression as Expr, { fields: ['action', 'document', 'index'] });
    const take = (_: unknown, event: { type: string; event: unknown }) => {
      update((before) => liveData(before, event));
      latest.current.onEvent?.(event);
    };
    stream
      .on('snapshot', take)
      .on('version', take)
      .on('set', take)
      .on('error', (failure) => fail(failure as Error))
      .start();
    return () => stream.close();
  });
  return { data: data?.value as T | undefined, error, loading };
}

/** Compares expressions by content: they may be new objects on each render. */
function keyOf(expression: Expr | null | undefined): string | undefined {
  return expression === null || expression === undefined ? undefined : JSON.stringify(expression);
}
