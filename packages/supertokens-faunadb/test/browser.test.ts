import faunadb from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFaunaClient, type FrontendSession } from '../src/client/browser.js';
import { login, provideFixture, refresh } from './support/fixture.js';

const q = faunadb.query;
const fixture = provideFixture();
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

const clientOf = (session: FrontendSession) => createFaunaClient({ session, endpoint: fixture.database.url });
const whoAmI = q.Select('id', q.CurrentIdentity());
const kill = (token: string) => fixture.database.client.query(q.Logout(false), { secret: token });

describe('a client of the session', () => {
  it('queries as the logged-in user', async () => {
    const client = clientOf(browser);
    expect(await client.query(whoAmI)).toBe(userId);
    expect((await client.queryWithMetrics(whoAmI)).value).toBe(userId);
    expect(browser.refreshes).toBe(0);
  });

  it('refreshes once for any number of queries that meet a 401, and repeats each of them', async () => {
    const client = clientOf(browser);
    await kill(browser.token);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.query(whoAmI)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => userId));
    expect(browser.refreshes).toBe(1);
  });

  it('takes the token of a refresh that somebody else made', async () => {
    const client = clientOf(browser);
    await client.query(whoAmI);
    await browser.attemptRefreshingSession();
    expect(await client.query(whoAmI)).toBe(userId);
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
    await expect(clientOf(session).query(whoAmI)).rejects.toBeInstanceOf(faunadb.errors.Unauthorized);
    expect(dead.refreshes).toBe(1);
  });

  it('passes on errors that are not about the token', async () => {
    await expect(clientOf(browser).query(q.Abort('no'))).rejects.toBeInstanceOf(faunadb.errors.BadRequest);
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
    expect(await clientOf(session).query(whoAmI)).toBe(userId);
  });

  it('says that the backend gives none', async () => {
    const session: FrontendSession = {
      doesSessionExist: async () => true,
      getAccessTokenPayloadSecurely: async () => ({}),
      attemptRefreshingSession: async () => true,
    };
    await expect(clientOf(session).query(whoAmI)).rejects.toMatchObject({ code: 'FAUNADB_UNAVAILABLE' });
  });

  it('says that nobody is logged in', async () => {
    browser.loggedIn = false;
    await expect(clientOf(browser).query(whoAmI)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('says so after a refresh that found the session ended, too', async () => {
    const client = clientOf(browser);
    await kill(browser.token);
    const query = client.query(whoAmI);
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
    await expect(client.query(whoAmI)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await client.query(whoAmI)).not.toBe(userId);
  });

  it('pages as the driver does', async () => {
    const pages: unknown[] = [];
    await clientOf(browser)
      .paginate(q.Documents(q.Collection(fixture.database.collection)))
      .each((page) => {
        pages.push(page);
      });
    expect(pages.length).toBeGreaterThan(0);
  });
});
