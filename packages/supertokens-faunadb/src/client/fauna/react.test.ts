import { Client, fql, type Page, type Query, ServiceError } from 'fauna';
import { query as q } from 'faunadb';
import { JSDOM } from 'jsdom';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { login, provideFixture, refresh } from '../../../test/support/fixture.js';
import type { FrontendSession } from './browser.js';
import { FaunaProvider, useFaunaClient, useFaunaQuery, useFaunaStream } from './react.js';

/** Reports what a hook returns at each rendering. */
function Hooked<T>({ useHook, seen }: { readonly useHook: () => T; readonly seen: T[] }): null {
  seen.push(useHook());
  return null;
}

it('says what is missing', () => {
  const element = createElement(Hooked<Client>, { useHook: () => useFaunaClient(), seen: [] });
  expect(() => renderToString(element)).toThrow(/FaunaProvider/);
});

describe('in a page', () => {
  const fixture = provideFixture('fauna');
  let page: JSDOM;
  let unmount = async () => {};
  let userId: string;
  let session: FrontendSession & { renew(): Promise<void>; isLoggedIn: boolean };
  const me = () => fql`users.byId(${userId})`;
  const write = (data: object) =>
    fixture.database.client.query(q.Update(q.Ref(q.Collection('users'), userId), { data }));

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
    const options = { session, endpoint: new URL(fixture.database.url) };
    root.render(createElement(FaunaProvider, options, createElement(Hooked<T>, { useHook, seen })));
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0));
    return seen;
  }

  const eventually = (look: () => void) => vi.waitFor(look, 25_000);

  it('there is one client of the driver', async () => {
    const clients = await show(() => useFaunaClient());
    expect(clients[0]).toBeInstanceOf(Client);
  });

  it('a query loads, and is repeated with a new token', async () => {
    const results = await show(() => useFaunaQuery<string>(fql`Query.identity()!.id`));
    expect(results[0]).toMatchObject({ loading: true, data: undefined, error: undefined });
    await eventually(() => expect(results.at(-1)).toMatchObject({ loading: false, data: userId, error: undefined }));
    const before = results.length;
    await session.renew();
    await eventually(() =>
      expect(results.slice(before).some(({ loading, data }) => loading && data === userId)).toBe(true),
    );
    await eventually(() => expect(results.at(-1)).toMatchObject({ loading: false, data: userId }));
  });

  it('a query returns its error, runs again on refetch, and does not run without a query', async () => {
    let query: Query<string> | null = fql`no.such.thing`;
    const results = await show(() => useFaunaQuery(query));
    await eventually(() => expect(results.at(-1)?.error).toBeInstanceOf(ServiceError));
    query = null;
    results.at(-1)?.refetch();
    await eventually(() => expect(results.at(-1)?.error).toBeUndefined());
    expect(results.at(-1)).toMatchObject({ loading: false, data: undefined, error: undefined });
  });

  it('a query has nobody to ask as after a log-out', async () => {
    const results = await show(() => useFaunaQuery<Page<string>>(fql`users.all().map(.id)`));
    await eventually(() => expect(results.at(-1)?.data?.data).toEqual([userId]));
    session.isLoggedIn = false;
    await eventually(() => expect(results.at(-1)?.error).toMatchObject({ code: 'SESSION_NOT_FOUND' }));
  });

  it('a stream keeps a document up to date', async () => {
    const results = await show(() => useFaunaStream<{ id: string; n?: number }>(me()));
    await eventually(() => expect(results.at(-1)).toMatchObject({ loading: false, data: { id: userId } }));
    for (const n of [1, 2]) {
      await write({ n });
      await eventually(() => expect(results.at(-1)?.data?.n).toBe(n));
      await session.renew();
    }
    expect(results.at(-1)?.error).toBeUndefined();
  });

  it('a stream keeps a set up to date, through a projection', async () => {
    const events: string[] = [];
    const onEvent = ({ type }: { type: string }) => events.push(type);
    const results = await show(() =>
      useFaunaStream<{ id: string; n?: number }[]>(fql`users.where(.n != 0) { id, n }`, { onEvent }),
    );
    await eventually(() => expect(results.at(-1)?.data?.map(({ id }) => id)).toEqual([userId]));
    await write({ n: 7 });
    await eventually(() => expect(results.at(-1)?.data).toEqual([{ id: userId, n: 7 }]));
    await write({ n: 0 });
    await eventually(() => expect(results.at(-1)?.data).toEqual([]));
    expect(events).toEqual(['update', 'remove']);
  });

  it('a stream reports why it has ended', async () => {
    // The user may read only their own document.
    const results = await show(() => useFaunaStream(fql`users.byId("404")`));
    await eventually(() => expect(results.at(-1)?.error).toMatchObject({ code: 'permission_denied' }));
    expect(results.at(-1)).toMatchObject({ loading: false, data: undefined });
  });
});
