import type { Client, Expr } from 'faunadb';
import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { FaunadbSessionError } from '../shared/errors.js';
import { createFaunaClient, type FaunaClientOptions, type FrontendSession } from './browser.js';
import { type LiveData, liveData } from './live-data.js';

export type { FaunaClientOptions, FrontendSession } from './browser.js';

interface Fauna {
  readonly client: Client;
  readonly session: FrontendSession;
}

const FaunaContext = createContext<Fauna | undefined>(undefined);

/** How often mounted hooks check whether the session has a new token, in milliseconds. */
const WATCH_INTERVAL = 1_000;

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
  const [fauna] = useState<Fauna>(() => ({ client: createFaunaClient(options), session: options.session }));
  return createElement(FaunaContext.Provider, { value: fauna }, children);
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
  const provided = useContext(FaunaContext);
  const [own] = useState(() => (options === undefined ? undefined : createFaunaClient(options)));
  const client = own ?? provided?.client;
  if (client !== undefined) return client;
  throw new FaunadbSessionError('CONFIG_INVALID', 'Put a FaunaProvider above this component, or pass options.');
}

/** The result of {@link useFaunaQuery}. */
export interface FaunaQueryResult<T> {
  /** The last answer, kept while the query runs again. Undefined until the first answer to this expression. */
  readonly data: T | undefined;
  /** Why the last run failed; undefined if it succeeded. */
  readonly error: Error | undefined;
  /** Whether the query is running. */
  readonly loading: boolean;
  /** Runs the query again. */
  readonly refetch: () => void;
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
  const client = useFaunaClient();
  const token = useToken();
  const key = keyOf(expression);
  const [asked, setAsked] = useState(0);
  const [state, setState] = useState<State<T>>({ key, data: undefined, error: undefined, loading: key !== undefined });
  const latest = useRef(expression);
  latest.current = expression;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new token and `refetch` run the same query again.
  useEffect(() => {
    if (key === undefined || token === unknownYet) return;
    const controller = new AbortController();
    const isCurrent = () => !controller.signal.aborted;
    setState((before) => ({ ...(before.key === key ? before : nothing), key, loading: true }));
    client.query<object>(latest.current as Expr, { signal: controller.signal }).then(
      (data) => isCurrent() && setState({ key, data: data as T, error: undefined, loading: false }),
      (error: Error) => isCurrent() && setState((before) => ({ ...before, key, error, loading: false })),
    );
    return () => controller.abort();
  }, [client, key, token, asked]);

  const refetch = useCallback(() => setAsked((times) => times + 1), []);
  const { data, error, loading } = state.key === key ? state : { ...nothing, loading: key !== undefined };
  return { data, error, loading, refetch };
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
  const client = useFaunaClient();
  const token = useToken();
  const isLoggedIn = typeof token === 'string';
  const key = keyOf(expression);
  const [state, setState] = useState<State<LiveData>>({
    key,
    data: undefined,
    error: undefined,
    loading: key !== undefined,
  });
  const latest = useRef({ expression, options });
  latest.current = { expression, options };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new login needs a new stream.
  useEffect(() => {
    if (key === undefined || token === unknownYet) return;
    setState({ ...nothing, key, loading: true });
    const stream = client.stream.document(latest.current.expression as Expr, {
      fields: ['action', 'document', 'index'],
    });
    const take = (_: unknown, event: { type: string; event: unknown }) => {
      setState(({ data }) => ({ key, data: liveData(data, event), error: undefined, loading: false }));
      latest.current.options.onEvent?.(event);
    };
    stream
      .on('snapshot', take)
      .on('version', take)
      .on('set', take)
      .on('error', (error) => setState((before) => ({ ...before, error: error as Error, loading: false })))
      .start();
    return () => stream.close();
  }, [client, key, isLoggedIn, token === unknownYet]);

  const { data, error, loading } = state.key === key ? state : { ...nothing, loading: key !== undefined };
  return { data: data?.value as T | undefined, error, loading };
}

interface State<T> {
  /** The expression that this state belongs to. */
  readonly key: string | undefined;
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
}

const nothing = { data: undefined, error: undefined, loading: false };

/** The session has not been read yet. */
const unknownYet = Symbol('unknown yet');

/** The token in the session's payload; null while nobody is logged in. */
function useToken(): string | null | typeof unknownYet {
  const session = useContext(FaunaContext)?.session;
  const [token, setToken] = useState<string | null | typeof unknownYet>(unknownYet);
  useEffect(() => {
    if (session === undefined) return setToken(null);
    let isMounted = true;
    const look = async () => {
      // A hidden page must not keep its session alive.
      if (globalThis.document?.visibilityState === 'hidden') return;
      const found = await tokenOf(session).catch(() => undefined);
      if (isMounted && found !== undefined) setToken(found);
    };
    void look();
    const timer = setInterval(look, WATCH_INTERVAL);
    return () => {
      isMounted = false;
      clearInterval(timer);
    };
  }, [session]);
  return token;
}

async function tokenOf(session: FrontendSession): Promise<string | null> {
  if (!(await session.doesSessionExist())) return null;
  const { faunadbToken } = await session.getAccessTokenPayloadSecurely();
  return typeof faunadbToken === 'string' ? faunadbToken : '';
}

/** Compares expressions by content: they may be new objects on each render. */
function keyOf(expression: Expr | null | undefined): string | undefined {
  return expression === null || expression === undefined ? undefined : JSON.stringify(expression);
}
