import { getSSRSession, withSession } from 'supertokens-node/nextjs';
import type { DefaultFaunaClient, FaunaClient } from '../fauna/base/types.js';
import { getFaunaClientForSession } from './for-session.js';
import type { SessionContainer } from './session-container.js';

/** The request of a route handler, such as Next.js' `NextRequest`. */
export type RouteRequest = Parameters<typeof withSession>[0];

/** What {@link withFaunaSession} passes to a route handler. */
export interface FaunaSession<C extends FaunaClient = DefaultFaunaClient> {
  /** The session, with the functions that this package adds. */
  readonly session: SessionContainer;
  /** Queries as the user: see `getFaunaClient()` of a session. */
  readonly client: C;
}

/**
 * Runs an App Router route handler for a logged-in user, with a client that queries as that user. Without a session it
 * responds with 401, and the frontend SDK refreshes the session or logs out.
 *
 * @example
 * ```ts
 * export function GET(request: NextRequest) {
 *   return withFaunaSession(request, async ({ client }) => Response.json(await client.query(myPosts)));
 * }
 * ```
 */
export function withFaunaSession<C extends FaunaClient = DefaultFaunaClient>(
  request: RouteRequest,
  handler: (fauna: FaunaSession<C>) => Promise<Response>,
): Promise<Response> {
  return withSession(request, async (error, session) => {
    if (error !== undefined) throw error;
    if (session === undefined) return Response.json({ message: 'unauthorised' }, { status: 401 });
    return handler({ session: session as SessionContainer, client: await session.getFaunaClient<C>() });
  });
}

/** The result of {@link getPageSession}. */
export type PageSession<C extends FaunaClient = DefaultFaunaClient> =
  | {
      /** A user is logged in. */
      readonly status: 'logged in';
      /** Queries as the user. */
      readonly client: C;
      /** The user's id in SuperTokens. */
      readonly userId: string;
    }
  | {
      /** The access token has expired: let the page in the browser refresh the session (`TryRefreshComponent`). */
      readonly status: 'try refresh';
    }
  | {
      /** There is no session. */
      readonly status: 'logged out';
    };

/**
 * Returns the session of a page, for server components of the App Router.
 *
 * @param cookies - `(await cookies()).getAll()` of `next/headers`.
 *
 * @example
 * ```tsx
 * const session = await getPageSession((await cookies()).getAll());
 * if (session.status !== 'logged in') return session.status === 'try refresh' ? <TryRefresh /> : redirect('/login');
 * return <p>{await session.client.query<string>(q.Select('id', q.CurrentIdentity()))}</p>;
 * ```
 */
export async function getPageSession<C extends FaunaClient = DefaultFaunaClient>(
  cookies: { name: string; value: string }[],
): Promise<PageSession<C>> {
  const { accessTokenPayload, hasToken, error } = await getSSRSession(cookies);
  if (error !== undefined) throw error;
  if (accessTokenPayload === undefined) return { status: hasToken ? 'try refresh' : 'logged out' };
  const client = await getFaunaClientForSession<C>(String(accessTokenPayload.sessionHandle));
  return { status: 'logged in', client, userId: String(accessTokenPayload.sub) };
}
