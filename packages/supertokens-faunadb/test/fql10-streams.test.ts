import { type Client, fql } from 'fauna';
import faunadb from 'faunadb';
import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFaunaClient } from '../src/client/fauna/browser.js';
import type { FrontendSession } from '../src/client/frontend-session.js';
import type { SessionContainer as FaunadbContainer } from '../src/index.js';
import { login, provideFixture, refresh, revoke } from './support/fixture.js';

const q = faunadb.query;

/** For how many seconds, and refreshes, the streams are watched. */
const seconds = Number(process.env.STREAM_SECONDS ?? 5);

const fixture = provideFixture('fauna');
let userId: string;

beforeEach(async () => {
  userId = await fixture.database.createUser();
});

/** A session that is refreshed, and the client that somebody has of it. */
interface Held {
  session: FaunadbContainer;
  readonly recipe: RecipeInterface;
  readonly client: Client;
}

const inBrowser = async (): Promise<Held> => {
  const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true });
  const held = { recipe, session: await login(recipe, userId) } as Held;
  let isLoggedIn = true;
  const session: FrontendSession = {
    doesSessionExist: async () => isLoggedIn,
    getAccessTokenPayloadSecurely: async () => held.session.getAccessTokenPayload(),
    attemptRefreshingSession: async () => {
      isLoggedIn = await renew(held).then(
        () => true,
        () => false,
      );
      return isLoggedIn;
    },
  };
  return Object.assign(held, { client: createFaunaClient({ session, endpoint: new URL(fixture.database.url) }) });
};

const onBackend = async (): Promise<Held> => {
  const recipe = fixture.integration();
  const session = (await login(recipe, userId)) as FaunadbContainer;
  return { recipe, session, client: await session.getFaunaClient<Client>() };
};

async function renew(held: Held): Promise<void> {
  held.session = (await refresh(held.recipe, held.session as SessionContainer)) as FaunadbContainer;
}

const write = (n: number) =>
  fixture.database.client.query(q.Update(q.Ref(q.Collection(fixture.database.collection), userId), { data: { n } }));

const mine = () => fql`Set.single(Collection(${fixture.database.collection}).byId(${userId})!).eventSource()`;

/** What a stream of the user's document reports. */
function watch(client: Client) {
  const reported = { numbers: [] as number[], statuses: 0, errors: [] as unknown[] };
  const stream = client.stream<{ n: number }>(mine(), { status_events: true });
  stream.start(
    (event) => {
      if (event.type === 'status') reported.statuses++;
      else reported.numbers.push(event.data.n);
    },
    (error) => reported.errors.push(error),
  );
  return {
    numbers: reported.numbers,
    errors: reported.errors,
    close: () => stream.close(),
    isReady: () => vi.waitFor(() => expect(reported.statuses).toBeGreaterThan(0), 25_000),
  };
}

describe.each(Object.entries({ 'in a browser': inBrowser, 'on a backend': onBackend }))('a stream %s', (_, start) => {
  it(
    'goes on across refreshes, and reports each event once',
    async () => {
      const held = await start();
      const streams = Array.from({ length: 5 }, () => watch(held.client));
      await Promise.all(streams.map((stream) => stream.isReady()));
      const all = Array.from({ length: seconds * 5 }, (_, n) => n);
      for (const n of all) {
        if (n % 5 === 0) await renew(held);
        await write(n);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await vi.waitFor(() => {
        for (const { numbers } of streams) expect(numbers.at(-1)).toBe(all.at(-1));
      }, 25_000);
      for (const { numbers, errors, close } of streams) {
        expect(errors).toEqual([]);
        expect(numbers).toEqual(all);
        close();
      }
    },
    (seconds + 90) * 1_000,
  );

  it('loses nothing after its token had died', async () => {
    const held = await start();
    const { numbers, errors, close, isReady } = watch(held.client);
    await isReady();
    const token = await held.session.getFaunadbToken();
    await fixture.database.client.query(q.Logout(false), { secret: token });
    await write(1);
    await vi.waitFor(() => expect(numbers).toEqual([1]), 20_000);
    await write(2);
    await vi.waitFor(() => expect(numbers).toEqual([1, 2]), 20_000);
    expect(errors).toEqual([]);
    close();
  }, 60_000);

  it('ends with the session', async () => {
    const held = await start();
    const { errors, isReady } = watch(held.client);
    await isReady();
    await revoke(held.recipe, held.session as SessionContainer);
    await vi.waitFor(() => expect(errors).toHaveLength(1), 20_000);
    expect(errors[0]).toMatchObject({ code: 'SESSION_NOT_FOUND' });
  }, 30_000);

  it('ends when FaunaDB refuses its source, or when it is none', async () => {
    const held = await start();
    const errors: unknown[] = [];
    for (const source of [fql`no.such.thing`, fql`1`]) {
      held.client.stream(source).start(
        () => {},
        (error) => errors.push(error),
      );
    }
    await vi.waitFor(() => expect(errors).toHaveLength(2), 20_000);
    expect(errors.map((error) => (error as { code?: string }).code).sort()).toEqual([
      'CONFIG_INVALID',
      'invalid_query',
    ]);
  });

  it('has pages of a feed, each with the token of its time', async () => {
    const held = await start();
    const { data: source } = await held.client.query(mine());
    for (const n of [1, 2, 3]) await write(n);
    const feed = held.client.feed<{ n: number }>(source, { page_size: 1 });
    const numbers: number[] = [];
    for await (const page of feed) {
      for (const event of page.events) if (event.type !== 'remove') numbers.push(event.data.n);
      const token = await held.session.getFaunadbToken();
      if (numbers.length === 1) await fixture.database.client.query(q.Logout(false), { secret: token });
    }
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('has pages of a set, and no secret of the server', async () => {
    const held = await start();
    const collection = fixture.database.collection;
    const ids: unknown[] = [];
    for await (const page of held.client.paginate(fql`Collection(${collection}).all().map(.id)`)) ids.push(...page);
    expect(ids).toEqual([userId]);
    expect(held.client.clientConfiguration.secret).toBe('');
  });
});
