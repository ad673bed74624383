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
import type { FrontendSession } from './frontend-session.js';

/** How often mounted hooks check whether the session has a new token, in milliseconds. */
const WATCH_INTERVAL = 1_000;

/** What a provider gives to the hooks below it. */
export interface Provided<C> {
  readonly client: C;
  readonly session: FrontendSession;
}

/** The hooks of a driver's provider, and of the components that look for its client. */
export interface ClientHooks<C, O> {
  /** Provides a client of these options, read once, to the children. */
  useProvider(options: O, children: ReactNode): ReactNode;
  /** The provider's client; with options, one of the component's own. */
  useClient(options?: O): C;
  /** What the provider above gives. */
  useProvided(): Provided<C>;
}

/** Makes the hooks that share the clients which `create` returns. */
export function clientHooks<C, O extends { readonly session: FrontendSession }>(
  create: (options: O) => C,
): ClientHooks<C, O> {
  const FaunaContext = createContext<Provided<C> | undefined>(undefined);
  const missing = () =>
    new FaunadbSessionError('CONFIG_INVALID', 'Put a FaunaProvider above this component, or pass options.');
  return {
    useProvider(options, children) {
      const [fauna] = useState<Provided<C>>(() => ({ client: create(options), session: options.session }));
      return createElement(FaunaContext.Provider, { value: fauna }, children);
    },
    useClient(options) {
      const provided = useContext(FaunaContext);
      const [own] = useState(() => (options === undefined ? undefined : create(options)));
      const client = own ?? provided?.client;
      if (client !== undefined) return client;
      throw missing();
    },
    useProvided() {
      const provided = useContext(FaunaContext);
      if (provided !== undefined) return provided;
      throw missing();
    },
  };
}

/** The result of `useFaunaQuery`. */
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
 * Runs a query when the component is mounted, when the key changes, and when the session has a new token.
 *
 * @param key Identifies the query. Undefined skips it.
 */
export function useQuery<T>(
  { client, session }: Provided<unknown>,
  key: string | undefined,
  query: (signal: AbortSignal) => Promise<T>,
): FaunaQueryResult<T> {
  const token = useToken(session);
  const [asked, setAsked] = useState(0);
  const [state, setState] = useState<State<T>>({ key, data: undefined, error: undefined, loading: key !== undefined });
  const latest = useRef(query);
  latest.current = query;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new token and `refetch` run the same query again.
  useEffect(() => {
    if (key === undefined || token === unknownYet) return;
    const controller = new AbortController();
    const isCurrent = () => !controller.signal.aborted;
    setState((before) => ({ ...(before.key === key ? before : nothing), key, loading: true }));
    latest.current(controller.signal).then(
      (data) => isCurrent() && setState({ key, data, error: undefined, loading: false }),
      (error: Error) => isCurrent() && setState((before) => ({ ...before, key, error, loading: false })),
    );
    return () => controller.abort();
  }, [client, key, token, asked]);

  const refetch = useCallback(() => setAsked((times) => times + 1), []);
  const { data, error, loading } = state.key === key ? state : { ...nothing, loading: key !== undefined };
  return { data, error, loading, refetch };
}

/** What a stream reports to {@link useStream}. */
export interface StreamSink<S> {
  /** Changes the state. */
  update(change: (before: S | undefined) => S): void;
  /** Ends with an error. */
  fail(error: Error): void;
}

/**
 * Keeps a stream open until the component is unmounted, the key changes, or somebody else logs in.
 *
 * @param key Identifies what the stream is of. Undefined opens no stream.
 * @param open Opens the stream, and returns a function that closes it.
 */
export function useStream<S>(
  { client, session }: Provided<unknown>,
  key: string | undefined,
  open: (sink: StreamSink<S>) => () => void,
): Omit<State<S>, 'key'> {
  const token = useToken(session);
  const isLoggedIn = typeof token === 'string';
  const [state, setState] = useState<State<S>>({ key, data: undefined, error: undefined, loading: key !== undefined });
  const latest = useRef(open);
  latest.current = open;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new login needs a new stream.
  useEffect(() => {
    if (key === undefined || token === unknownYet) return;
    setState({ ...nothing, key, loading: true });
    return latest.current({
      update: (change) => setState(({ data }) => ({ key, data: change(data), error: undefined, loading: false })),
      fail: (error) => setState((before) => ({ ...before, error, loading: false })),
    });
  }, [client, key, isLoggedIn, token === unknownYet]);

  return state.key === key ? state : { ...nothing, loading: key !== undefined };
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
function useToken(session: FrontendSession): string | null | typeof unknownYet {
  const [token, setToken] = useState<string | null | typeof unknownYet>(unknownYet);
  useEffect(() => {
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
