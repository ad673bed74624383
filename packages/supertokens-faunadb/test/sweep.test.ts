import faunadb from 'faunadb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';
import { type SweepProgress, sweepFaunadbTokens } from '../src/index.js';
import { drivers } from './support/database.js';
import { login, provideFixture, refresh, revoke } from './support/fixture.js';
import { resetSdk } from './support/supertokens.js';

const q = faunadb.query;
describe.each(drivers)('with the driver %s', (driver) => {
  const fixture = provideFixture(driver);
  const MINIMUM_AGE = 0;

  beforeEach(async () => {
    const { client } = fixture.database;
    await client.query(q.Foreach(q.Paginate(q.Tokens(), { size: 1_000 }), q.Lambda('ref', q.Delete(q.Var('ref')))));
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** A live session, one that the Core has forgotten, and a token that is none of ours. */
  async function aliveGoneAndForeign(): Promise<{ alive: string; gone: string; foreign: string }> {
    const { database, plain } = fixture;
    const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true, refreshGracePeriod: 0 });
    const userId = await database.createUser();
    const alive = await (await refresh(recipe, await login(recipe, userId))).getFaunadbToken();
    const ended = await login(recipe, userId);
    const gone = await ended.getFaunadbToken();
    await revoke(plain, ended);
    const instance = q.Ref(q.Collection(database.collection), userId);
    const { secret: foreign } = await database.client.query<{ secret: string }>(q.Create(q.Tokens(), { instance }));
    return { alive, gone, foreign };
  }

  it('deletes the tokens whose session is gone, and no others', async () => {
    const { alive, gone, foreign } = await aliveGoneAndForeign();
    const progress = await sweepFaunadbTokens({ faunaDBClient: fixture.faunaDBClient, minimumAge: MINIMUM_AGE });
    expect(progress).toEqual({ total: 3, seen: 3, ours: 2, young: 0, orphans: 1 });
    expect(await fixture.database.identity(gone)).toBeUndefined();
    expect(await fixture.database.identity(alive)).toBeDefined();
    expect(await fixture.database.identity(foreign)).toBeDefined();
  });

  it('only counts them in a dry run', async () => {
    const { gone } = await aliveGoneAndForeign();
    const progress = await sweepFaunadbTokens({
      faunaDBClient: fixture.faunaDBClient,
      minimumAge: MINIMUM_AGE,
      dryRun: true,
    });
    expect(progress.orphans).toBe(1);
    expect(await fixture.database.identity(gone)).toBeDefined();
  });

  it('leaves young tokens to the logins that may still be running', async () => {
    const { gone } = await aliveGoneAndForeign();
    const progress = await sweepFaunadbTokens({ faunaDBClient: fixture.faunaDBClient });
    expect(progress.orphans).toBe(0);
    expect(await fixture.database.identity(gone)).toBeDefined();
  });

  it('goes in pages, reports each, and does no harm beside another', async () => {
    for (let i = 0; i < 3; i++) await aliveGoneAndForeign();
    const seen: SweepProgress[] = [];
    const options = { faunaDBClient: fixture.faunaDBClient, minimumAge: MINIMUM_AGE, pageSize: 2, concurrency: 1 };
    await Promise.all([
      sweepFaunadbTokens({ ...options, onProgress: (progress) => seen.push(progress) }),
      sweepFaunadbTokens(options),
    ]);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.map((progress) => progress.seen)).toEqual(seen.map((progress) => progress.seen).sort((a, b) => a - b));
    expect(await fixture.database.tokens()).toHaveLength(6);
  });

  it('deletes a token that a process made and did not live to record', async () => {
    const { database, plain } = fixture;
    const userId = await database.createUser();
    const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true, refreshGracePeriod: 0 });
    const session = await login(recipe, userId);
    const information = await plain.getSessionInformation({
      sessionHandle: session.getHandle(),
      userContext: {} as never,
    });
    await refresh(recipe, session);
    // The Core knows what it knew before the refresh: as if the process had died between its two writes.
    await plain.mergeIntoAccessTokenPayload({
      sessionHandle: session.getHandle(),
      accessTokenPayloadUpdate: information?.customClaimsInAccessTokenPayload,
      userContext: {} as never,
    });
    expect(await database.tokens(userId)).toHaveLength(1);
    await sweepFaunadbTokens({ faunaDBClient: fixture.faunaDBClient, minimumAge: MINIMUM_AGE });
    expect(await database.tokens(userId)).toEqual([]);
  });

  it.each([{ concurrency: 0 }, { concurrency: Number.NaN }, { pageSize: -1 }, { pause: 0.5 }, { minimumAge: -1 }])(
    'refuses %o, rather than delete the tokens of sessions it did not look up',
    async (options) => {
      const { alive } = await aliveGoneAndForeign();
      const sweeping = sweepFaunadbTokens({
        faunaDBClient: fixture.faunaDBClient,
        minimumAge: MINIMUM_AGE,
        ...options,
      });
      await expect(sweeping).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      expect(await fixture.database.identity(alive)).toBeDefined();
    },
  );

  it('can be started from the command line', async () => {
    const { gone } = await aliveGoneAndForeign();
    const { deployment, database } = fixture;
    resetSdk();
    vi.stubEnv('FAUNADB_SECRET', database.secret);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const flags = [
      '--supertokens-uri',
      deployment.supertokensUri,
      '--faunadb-url',
      database.url,
      '--minimum-age',
      '0',
      '--driver',
      driver,
    ];
    await main(['node', 'supertokens-faunadb', 'sweep', ...flags]);
    expect(log.mock.lastCall).toEqual(['3 tokens seen, 2 made for sessions, 1 without a session deleted.']);
    expect(await database.identity(gone)).toBeUndefined();
  });
});
