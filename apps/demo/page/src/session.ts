import * as SuperTokens from 'supertokens-website';

/** The frontend SDK, in the form that `createFaunaClient` takes. */
export const frontendSession = SuperTokens;

/** The FaunaDB token of the session. */
export interface Token {
  readonly secret: string;
  /** When its access token expires, in milliseconds since the epoch. The token itself lives some seconds longer. */
  readonly expiry: number;
}

/** @param changed is called whenever the session has been created, refreshed or ended, in any window. */
export function startSession(changed: () => void): void {
  // Another visible window gets neither the SDK's events nor a visibility change.
  const windows = new BroadcastChannel('session');
  windows.addEventListener('message', changed);
  SuperTokens.init({
    apiDomain: location.origin,
    onHandleEvent: ({ action }) => {
      if (action === 'ACCESS_TOKEN_PAYLOAD_UPDATED') return;
      changed();
      windows.postMessage(action);
    },
  });
}

/**
 * The current session; undefined if nobody is logged in. Its token is undefined if FaunaDB was unavailable when the session
 * was refreshed: the next refresh creates one.
 */
export async function currentSession(): Promise<{ token: Token | undefined } | undefined> {
  if (!(await SuperTokens.doesSessionExist())) return undefined;
  const { faunadbToken, exp } = await SuperTokens.getAccessTokenPayloadSecurely();
  return { token: typeof faunadbToken === 'string' ? { secret: faunadbToken, expiry: exp * 1000 } : undefined };
}

/** @throws {Error} with the server's message if it refuses. */
export async function enter(intent: 'login' | 'signup', name: string, password: string): Promise<void> {
  await ask(`/${intent}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
}

/** Asks the backend who the user is. It queries FaunaDB with this session's token. */
export async function nameAtBackend(): Promise<string> {
  const { name } = await ask('/me');
  return name;
}

/** @throws {Error} if the session could not be refreshed. */
export async function refresh(): Promise<void> {
  if (!(await answered(SuperTokens.attemptRefreshingSession())))
    throw new Error('The session has ended: log in again.');
}

/** @throws {Error} if the server could not end the session. */
export async function logOut(): Promise<void> {
  await answered(SuperTokens.signOut());
}

async function ask(path: string, options?: RequestInit): Promise<{ name: string }> {
  const response = await answered(fetch(path, options));
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/** Explains why this page's server, not FaunaDB, gave no answer or an error. */
async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    // The SDK throws the response itself if its status is an error.
    if (error instanceof Response) throw await refusal(error);
    throw new Error('The server of this page does not answer. Is it running?', { cause: error });
  }
}

async function refusal(response: Response): Promise<Error> {
  const { message } = await response.json().catch(() => ({ message: undefined }));
  return new Error(message ?? `The server answered ${response.status}.`);
}
