import faunadb, { type Client } from 'faunadb';
import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFaunaClient, type FrontendSession } from '../src/client/browser.js';
import type { SessionContainer as FaunadbContainer } from '../src/index.js';
import { login, provideFixture, refresh, revoke } from './support/fixture.js';

const q = faunadb.query;

/** For how many seconds, and refreshes, the streams are watched. */
const seconds = Number(process.env.STREAM_SECONDS ?? 5);

const fixture = provideFixture();
let userId: string;
let me: faunadb.Expr;

beforeEach(async () => {
  userId = await fixture.database.createUser();
  me = q.Ref(q.Collection(fixture.database.collection), userId);
});

/** A session that is refreshed, and the clients that somebody has of it. */
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
      isLoggedIn = await refresh(recipe, held.session).then(
        (next) => {
          held.session = next as FaunadbContainer;
          return true;
        },
        () => false,
      );
      return isLoggedIn;
    },
  };
  return Object.assign(held, { client: createFaunaClient({ session, endpoint: fixture.database.url }) });
};

const onBackend = async (): Promise<Held> => {
  const recipe = fixture.integration();
  const session = (await login(recipe, userId)) as FaunadbContainer;
  return { recipe, session, client: await session.getFaunaClient() };
};

const renew = async (held: Held) => {
  held.session = (await refresh(held.recipe, held.session as SessionContainer)) as FaunadbContainer;
};
const write = (n: number) => fixture.database.client.query(q.Update(me, { data: { n } }));

/** What a stream of the user's document reports. */
function watch(client: Client) {
  const reported = {
    numbers: [] as number[],
    starts: 0,
    snapshots: [] as { resumed?: boolean }[],
    errors: [] as unknown[],
  };
  const stream = client.stream
    .document(me)
    .on('start', () => {
      reported.starts++;
    })
    .on('version', ({ document }) => {
      reported.numbers.push((document as { data: { n: number } }).data.n);
    })
    .on('snapshot', (_, event) => {
      reported.snapshots.push(event as { resumed?: boolean });
    })
    .on('error', (error) => {
      reported.errors.push(error);
    });
  stream.start();
  return {
    ...reported,
    close: () => stream.close(),
    isReady: () => vi.waitFor(() => expect(reported.snapshots).toHaveLength(1), 25_000),
  };
}

describe.each(Object.entries({ 'in a browser': inBrowser, 'on a backend': onBackend }))('a stream %s', (_, start) => {
  it(
    'goes on across refreshes, and reports each event once',
    async () => {
      const held = await start();
      const streams = Array.from({ length: 10 }, () => watch(held.client));
      await Promise.all(streams.map((stream) => stream.isReady()));
      const all = Array.from({ length: seconds * 5 }, (_, n) => n);
      for (const n of all) {
        if (n % 5 === 0) await renew(held);
        await write(n);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await vi.waitFor(() => {
        for (const { numbers } of streams) expect(numbers.at(-1)).toBe(all.at(-1));
      }, 10_000);
      for (const { numbers, snapshots, errors } of streams) {
        expect(errors).toEqual([]);
        // None twice, none out of order; and none lost but what a marked snapshot stands for, on a machine too slow to move to
        // the new token while the old one is good.
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        const resumed = snapshots.slice(1) as { resumed?: boolean; event: { data: { n: number } } }[];
        expect(resumed.every((snapshot) => snapshot.resumed === true)).toBe(true);
        expect(resumed.length).toBeLessThan(seconds);
        const known = resumed.map(({ event }) => event.data.n);
        const lost = all.filter((n) => !numbers.includes(n));
        const follows = (n: number) => numbers.find((later) => later > n) ?? Number.POSITIVE_INFINITY;
        expect(lost.filter((n) => !known.some((state) => state >= n && state <= follows(n)))).toEqual([]);
      }
      for (const { close } of streams) close();
    },
    (seconds + 90) * 1_000,
  );

  it('sends a snapshot, marked as such, after its token had died', async () => {
    const held = await start();
    const { numbers, snapshots, errors, close, isReady } = watch(held.client);
    await isReady();
    const token = await held.session.getFaunadbToken();
    await fixture.database.client.query(q.Logout(false), { secret: token });
    await write(1);
    await vi.waitFor(() => expect(snapshots).toHaveLength(2), 20_000);
    expect(snapshots[1]).toMatchObject({ resumed: true, event: { data: { n: 1 } } });
    await write(2);
    await vi.waitFor(() => expect(numbers.at(-1)).toBe(2), 20_000);
    expect(numbers.filter((n) => n === 2)).toHaveLength(1);
    expect(errors).toEqual([]);
    close();
  }, 30_000);

  it('ends with the session', async () => {
    const held = await start();
    const { errors, isReady } = watch(held.client);
    await isReady();
    await revoke(held.recipe, held.session as SessionContainer);
    await vi.waitFor(() => expect(errors).toHaveLength(1), 20_000);
    expect(errors[0]).toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('ends when FaunaDB refuses its source', async () => {
    const held = await start();
    const errors: unknown[] = [];
    held.client
      .stream(q.Add(1, 1))
      .on('error', (error) => {
        errors.push(error);
      })
      .start();
    await vi.waitFor(() => expect(errors).toHaveLength(1), 20_000);
    expect(errors[0]).toBeInstanceOf(faunadb.errors.BadRequest);
  });
});
