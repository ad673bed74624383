import faunadb, { type Client, query as q } from 'faunadb';
import { JSDOM } from 'jsdom';
import { createElement, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { login, provideFixture, refresh } from '../../test/support/fixture.js';
import type { FrontendSession } from './browser.js';
import { FaunaProvider, useFaunaClient, useFaunaQuery, useFaunaStream } from './react.js';

const nobody: FrontendSession = {
  doesSessionExist: async () => false,
  getAccessTokenPayloadSecurely: async () => ({}),
  attemptRefreshingSession: async () => false,
};

/** With a window, the driver aborts by a signal that only browsers' `fetch` understands. */
const fetchLikeABrowser = ((url: string, init: RequestInit) => {
  const controller = new AbortController();
  init.signal?.addEventListener('abort', () => controller.abort());
  return fetch(url, { ...init, signal: controller.signal });
}) as NonNullable<faunadb.ClientConfig['fetch']>;

/** Records what a hook returns at each rendering. */
function Hooked<T>({ useHook, seen }: { readonly useHook: () => T; readonly seen: T[] }): null {
  seen.push(useHook());
  return null;
}

function useClientTwice(): Client {
  const [rendered, setRendered] = useState(0);
  const client = useFaunaClient({ session: nobody, endpoint: 'http://127.0.0.1:1' });
  if (rendered === 0) setRendered(1);
  return client;
}

describe('useFaunaClient', () => {
  it('gives the same client for as long as the component lives', async () => {
    const clients: Client[] = [];
    renderToString(createElement(Hooked<Client>, { useHook: useClientTwice, seen: clients }));
    expect(clients).toHaveLength(2);
    expect(clients[0]).toBeInstanceOf(faunadb.Client);
    expect(clients[1]).toBe(clients[0]);
    await expect(clients[0]?.query(q.Now())).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('says what is missing', () => {
    const element = createElement(Hooked<Client>, { useHook: () => useFaunaClient(), seen: [] });
    expect(() => renderToString(element)).toThrow(/FaunaProvider/);
  });
});

describe('in a page', () => {
  const fixture = provideFixture();
  let page: JSDOM;
  let unmount = async () => {};
  let userId: string;
  let session: FrontendSession & { renew(): Promise<void>; isLoggedIn: boolean };
  const me = () => q.Ref(q.Collection(fixture.database.collection), userId);

  beforeAll(() => {
    page = new JSDOM('<div id="root"></div>');
    vi.stubGlobal('document', page.window.document);
    vi.stubGlobal('window', page.window);
    vi.stubGlobal('navigator', page.window.navigator);
  });

  beforeEach(async () => {
    userId = await fixture.database.createUser();
    const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true });
    let current = await login(recipe, userId);
    session = {
      isLoggedIn: true,
      doesSessionExist: async () => session.isLoggedIn,
      getAccessTokenPayloadSecurely: async () => current.getAccessTokenPayload(),
      attemptRefreshingSession: async () => {
        await session.renew();
        return session.isLoggedIn;
      },
      renew: async () => {
        current = await refresh(recipe, current);
      },
    };
  });

  afterEach(() => unmount());

  async function show<T>(useHook: () => T): Promise<T[]> {
    const { createRoot } = await import('react-dom/client');
    const seen: T[] = [];
    const root = createRoot(page.window.document.getElementById('root') as HTMLElement);
    unmount = async () => root.unmount();
    const options = { session, endpoint: fixture.database.url, fetch: fetchLikeABrowser };
    root.render(createElement(FaunaProvider, options, createElement(Hooked<T>, { useHook, seen })));
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0));
    return seen;
  }

  const eventually = (look: () => void) => vi.waitFor(look, 25_000);

  it('a query loads, and is repeated with a new token', async () => {
    const results = await show(() => useFaunaQuery<string>(q.Select('id', q.CurrentIdentity())));
    expect(results[0]).toMatchObject({ loading: true, data: undefined, error: undefined });
    await eventually(() => expect(results.at(-1)).toMatchObject({ loading: false, data: userId, error: undefined }));
    const before = results.length;
    await session.renew();
    await eventually(() =>
      expect(results.slice(before).some(({ loading, data }) => loading && data === userId)).toBe(true),
    );
    await eventually(() => expect(results.at(-1)).toMatchObject({ loading: false, data: userId }));
  });

  it('a query returns its error, runs again on refetch, and does not run without an expression', async () => {
    let expression: faunadb.Expr | null = q.Get(q.Ref(q.Collection('nothing'), '1'));
    const results = await show(() => useFaunaQuery(expression));
    await eventually(() => expect(results.at(-1)?.error).toBeInstanceOf(faunadb.errors.FaunaHTTPError));
    expression = null;
    results.at(-1)?.refetch();
    await eventually(() => expect(results.at(-1)?.error).toBeUndefined());
    expect(results.at(-1)).toMatchObject({ loading: false, data: undefined, error: undefined });
  });

  it('a query is cancelled by an unmount', async () => {
    const query = vi.spyOn(faunadb.Client.prototype, 'query');
    await show(() => useFaunaQuery(q.CurrentIdentity()));
    await eventually(() => expect(query).toHaveBeenCalled());
    const signal = query.mock.calls.at(-1)?.[1]?.signal;
    await unmount();
    unmount = async () => {};
    expect(signal?.aborted).toBe(true);
    query.mockRestore();
  });

  it('a query has nobody to ask as after a log-out', async () => {
    const results = await show(() => useFaunaQuery(q.Select('id', q.CurrentIdentity())));
    await eventually(() => expect(results.at(-1)?.data).toBe(userId));
    session.isLoggedIn = false;
    await eventually(() => expect(results.at(-1)?.error).toMatchObject({ code: 'SESSION_NOT_FOUND' }));
  });

  it('a stream keeps a document up to date', async () => {
    const results = await show(() => useFaunaStream<{ data?: { n: number } }>(me()));
    await eventually(() => expect(results.at(-1)).toMatchObject({ loading: false, data: { ts: expect.any(Number) } }));
    for (const n of [1, 2]) {
      await fixture.database.client.query(q.Update(me(), { data: { n } }));
      await eventually(() => expect(results.at(-1)?.data?.data?.n).toBe(n));
      await session.renew();
    }
    expect(results.at(-1)?.error).toBeUndefined();
  });
});
