import { fql } from 'fauna';
import faunadb from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFaunaClient, type FrontendSession } from '../src/client/browser.js';
import { createFaunaClient as createFql10Client } from '../src/client/fauna/browser.js';
import { failureOf } from '../src/fauna/base/failure.js';
import { type Driver, drivers } from './support/database.js';
import { login, provideFixture, refresh } from './support/fixture.js';

const q = faunadb.query;
/** What the tests ask with a client of a driver. */
interface Page {
  whoAmI(): Promise<string>;
  abort(): Promise<unknown>;
  pages(): Promise<number>;
}

const pageOf: Record<Driver, (session: FrontendSession, endpoint: string, collection: string) => Page> = {
  faunadb(session, endpoint, collection) {
    const client = createFaunaClient({ session, endpoint });
    return {
      whoAmI: () => client.query(q.Select('id', q.CurrentIdentity())),
      abort: () => client.query(q.Abort('no')),
      async pages() {
        let pages = 0;
        await client.paginate(q.Documents(q.Collection(collection))).each(() => {
          pages++;
        });
        return pages;
      },
    };
  },
  fauna(session, endpoint, collection) {
    const client = createFql10Client({ session, endpoint: new URL(endpoint) });
    return {
      whoAmI: async () => (await client.query<string>(fql`Query.identity()!.id`)).data,
      abort: () => client.query(fql`abort("no")`),
      async pages() {
        let pages = 0;
        for await (const page of client.paginate(fql`Collection(${collection}).all()`))
          pages += page.length > 0 ? 1 : 0;
        return pages;
      },
    };
  },
};

describe.each(drivers)('a client of the session, of the driver %s', (driver) => {
  const fixture = provideFixture(driver);
  let userId: string;
  let browser: Browser;

  /** The part of the frontend SDK that holds a session, without the requests between it and the backend. */
  class Browser implements FrontendSession {
    refreshes = 0;
    loggedIn = true;
    readonly #recipe: ReturnType<typeof fixture.integration>;
    #session: Awaited<ReturnType<typeof login>>;

    private constructor(recipe: ReturnType<typeof fixture.integration>, session: Awaited<ReturnType<typeof login>>) {
      this.#recipe = recipe;
      this.#session = session;
    }

    static async loggedInAs(id: string): Promise<Browser> {
      const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true, refreshGracePeriod: 0 });
      return new Browser(recipe, await login(recipe, id));
    }

    async doesSessionExist() {
      return this.loggedIn;
    }

    async getAccessTokenPayloadSecurely() {
      return this.#session.getAccessTokenPayload();
    }

    async attemptRefreshingSession() {
      this.refreshes++;
      if (this.loggedIn) this.#session = await refresh(this.#recipe, this.#session);
      return this.loggedIn;
    }

    get token(): string {
      return this.#session.getAccessTokenPayload().faunadbToken;
    }
  }

  beforeEach(async () => {
    userId = await fixture.database.createUser();
    browser = await Browser.loggedInAs(userId);
  });

  const clientOf = (session: FrontendSession) =>
    pageOf[driver](session, fixture.database.url, fixture.database.collection);
  const kill = (token: string) => fixture.database.client.query(q.Logout(false), { secret: token });

  it('queries as the logged-in user', async () => {
    const client = clientOf(browser);
    expect(await client.whoAmI()).toBe(userId);
    expect(browser.refreshes).toBe(0);
  });

  it('refreshes once for any number of queries that meet a 401, and repeats each of them', async () => {
    const client = clientOf(browser);
    await kill(browser.token);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.whoAmI()));
    expect(answers).toEqual(Array.from({ length: 20 }, () => userId));
    expect(browser.refreshes).toBe(1);
  });

  it('takes the token of a refresh that somebody else made', async () => {
    const client = clientOf(browser);
    await client.whoAmI();
    await browser.attemptRefreshingSession();
    expect(await client.whoAmI()).toBe(userId);
    expect(browser.refreshes).toBe(1);
  });

  it('repeats a query once, not twice', async () => {
    const dead = { ...browser, refreshes: 0 };
    await kill(browser.token);
    const session: FrontendSession = {
      doesSessionExist: async () => true,
      getAccessTokenPayloadSecurely: async () => ({ faunadbToken: `${browser.token}${dead.refreshes}` }),
      attemptRefreshingSession: async () => {
        dead.refreshes++;
        return true;
      },
    };
    await expect(clientOf(session).whoAmI()).rejects.toSatisfy((error) => failureOf(error)?.kind === 'unauthorized');
    expect(dead.refreshes).toBe(1);
  });

  it('passes on errors that are not about the token', async () => {
    await expect(clientOf(browser).abort()).rejects.toSatisfy((error) => failureOf(error)?.kind === 'aborted');
    expect(browser.refreshes).toBe(0);
  });

  it('refreshes where the payload is without a token', async () => {
    let refreshed = false;
    const session: FrontendSession = {
      doesSessionExist: async () => true,
      getAccessTokenPayloadSecurely: async () => (refreshed ? browser.getAccessTokenPayloadSecurely() : {}),
      attemptRefreshingSession: async () => {
        refreshed = true;
        return true;
      },
    };
    expect(await clientOf(session).whoAmI()).toBe(userId);
  });

  it('says that the backend gives none', async () => {
    const session: FrontendSession = {
      doesSessionExist: async () => true,
      getAccessTokenPayloadSecurely: async () => ({}),
      attemptRefreshingSession: async () => true,
    };
    await expect(clientOf(session).whoAmI()).rejects.toMatchObject({ code: 'FAUNADB_UNAVAILABLE' });
  });

  it('says that nobody is logged in', async () => {
    browser.loggedIn = false;
    await expect(clientOf(browser).whoAmI()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('says so after a refresh that found the session ended, too', async () => {
    const client = clientOf(browser);
    await kill(browser.token);
    const query = client.whoAmI();
    browser.attemptRefreshingSession = async () => false;
    await expect(query).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('repeats no query of one user as another who has logged in meanwhile', async () => {
    const other = await Browser.loggedInAs(await fixture.database.createUser());
    let present = browser;
    const client = clientOf({
      doesSessionExist: () => present.doesSessionExist(),
      getAccessTokenPayloadSecurely: async () => {
        const payload = await present.getAccessTokenPayloadSecurely();
        present = other;
        return payload;
      },
      attemptRefreshingSession: () => present.attemptRefreshingSession(),
    });
    await kill(browser.token);
    await expect(client.whoAmI()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await client.whoAmI()).not.toBe(userId);
  });

  it('pages as the driver does', async () => {
    expect(await clientOf(browser).pages()).toBeGreaterThan(0);
  });

  if (driver === 'faunadb') {
    it('returns metrics too', async () => {
      const client = createFaunaClient({ session: browser, endpoint: fixture.database.url });
      expect((await client.queryWithMetrics(q.Select('id', q.CurrentIdentity()))).value).toBe(userId);
    });
  }
});
