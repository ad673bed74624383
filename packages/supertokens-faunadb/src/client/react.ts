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

/** How often mounted queries look for another token of the session, in milliseconds. */
const WATCH_INTERVAL = 1_000;

/** What {@link FaunaProvider} takes: the options of `createFaunaClient`, which count when it is mounted. */
export interface FaunaProviderProps extends FaunaClientOptions {
  /** The components that use the client. */
  readonly children?: ReactNode;
}

/**
 * Gives the components below it a client of the session: {@link useFaunaClient}, {@link useFaunaQuery} and
 * {@link useFaunaStream} use it.
 *
 * @example
 * ```tsx
 * import Session from 'supertokens-auth-react/recipe/session';
 *
 * <FaunaProvider session={Session} domain="db.fauna.com">
 *   <Posts />
 * </FaunaProvider>
 * ```
 */
export function FaunaProvider({ children, ...options }: FaunaProviderProps): ReactNode {
  const [fauna] = useState<Fauna>(() => ({ client: createFaunaClient(options), session: options.session }));
  return createElement(FaunaContext.Provider, { value: fauna }, children);
}

/**
 * The client of the {@link FaunaProvider} above; with options, one of its own, the same for as long as the component lives.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID` where there are neither.
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

/** What {@link useFaunaQuery} gives. */
export interface FaunaQueryResult<T> {
  /** The last answer; it stays while the query is repeated. Undefined before the first one, and after another expression. */
  readonly data: T | undefined;
  /** Why the last try failed; undefined after one that succeeded. */
  readonly error: Error | undefined;
  /** Whether an answer is awaited. */
  readonly loading: boolean;
  /** Asks again. */
  readonly refetch: () => void;
}

/**
 * Asks FaunaDB as the logged-in user: when the component is mounted, when the expression is another one, and when the session
 * has got another token (somebody else has logged in, or the session was refreshed). An unmount cancels it.
 *
 * @param expression - It may be made anew at each rendering. Undefined or null asks nothing.
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: another token, and `refetch`, ask the same once more.
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

/** What {@link useFaunaStream} takes. */
export interface FaunaStreamOptions {
  /** Called with each event of the stream, `snapshot` among them. */
  readonly onEvent?: (event: { readonly type: string; readonly event: unknown; readonly resumed?: boolean }) => void;
}

/** What {@link useFaunaStream} gives. */
export interface FaunaStreamResult<T> {
  /** The document as it is now, null where it does not exist; or the members of a set, of which the first 1,000. */
  readonly data: T | undefined;
  /** Why the stream has ended: the session has, or FaunaDB refused it. */
  readonly error: Error | undefined;
  /** Whether the state at the beginning is awaited. */
  readonly loading: boolean;
}

/**
 * A document, or the members of a set, kept up to date by a stream that lives as long as the session and the component.
 *
 * @param expression - The reference of a document, or a set. It may be made anew at each rendering. Undefined or null watches
 * nothing.
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: after a log-out and another log-in there is another stream.
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
  /** Which expression it is about. */
  readonly key: string | undefined;
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
}

const nothing = { data: undefined, error: undefined, loading: false };

/** Before the session has been asked for the first time. */
const unknownYet = Symbol('unknown yet');

/** The token in the session's payload; null while nobody is logged in. */
function useToken(): string | null | typeof unknownYet {
  const session = useContext(FaunaContext)?.session;
  const [token, setToken] = useState<string | null | typeof unknownYet>(unknownYet);
  useEffect(() => {
    if (session === undefined) return setToken(null);
    let isMounted = true;
    const look = async () => {
      // A page that nobody looks at must not keep its session alive.
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

/** Tells expressions apart that are made anew at each rendering. */
function keyOf(expression: Expr | null | undefined): string | undefined {
  return expression === null || expression === undefined ? undefined : JSON.stringify(expression);
}
