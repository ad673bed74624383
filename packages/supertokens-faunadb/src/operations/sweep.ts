import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import Session, { type SessionInformation } from 'supertokens-node/recipe/session';
import { recordOf } from '../backend/place.js';
import { removeQuery } from '../backend/queries.js';
import { type TokenRecord, tokenId } from '../backend/token-record.js';
import { FaunadbSessionError } from '../shared/errors.js';
import { mapLimited } from '../shared/map-limited.js';

const q = faunadb.query;

/** What {@link sweepFaunadbTokens} takes. */
export interface SweepOptions {
  /** A client with a server key of the database to sweep. */
  readonly faunaDBClient: Client;
  /** Counts what it would delete, and deletes nothing. Default: false. */
  readonly dryRun?: boolean;
  /** How many tokens to look at a query. Default: 200. */
  readonly pageSize?: number;
  /** How many requests to the Core to make at a time. Default: 4. */
  readonly concurrency?: number;
  /** How long to rest between two pages, in milliseconds. Default: 0. */
  readonly pause?: number;
  /**
   * How old a token must be to be taken for left behind, in milliseconds: younger ones may belong to a login or a refresh
   * that is still running. Default: 60,000.
   */
  readonly minimumAge?: number;
  /** Called after each page. */
  readonly onProgress?: (progress: SweepProgress) => void;
}

/** How far a sweep has come. */
export interface SweepProgress {
  /** How many tokens there were when the sweep began, of whatever kind. */
  readonly total: number;
  /** How many of them it has looked at. */
  readonly seen: number;
  /** How many were made by this integration. */
  readonly ours: number;
  /** How many of those were younger than `minimumAge`, and therefore not looked up. */
  readonly young: number;
  /** How many of those belong to no session any more: deleted, or counted in a dry run. */
  readonly orphans: number;
}

/**
 * Finds the tokens whose session is gone and deletes them: those of sessions that expired, of users deleted in the Core,
 * and of processes that died between two writes. It needs a SuperTokens SDK that is initialised (with or without the
 * integration), deletes nothing it is unsure of, and may run in many processes at once.
 *
 * The SDK must be connected to the Core, and to the app in it, that all sessions with tokens in this database belong to:
 * it cannot know of others, and would take their tokens for left behind.
 *
 * @returns the totals.
 * @throws FaunadbSessionError `CONFIG_INVALID` where a number makes no sense.
 *
 * @example
 * ```ts
 * setInterval(() => sweepFaunadbTokens({ faunaDBClient, pause: 100 }), 3_600_000);
 * ```
 */
export async function sweepFaunadbTokens(options: SweepOptions): Promise<SweepProgress> {
  const { faunaDBClient, dryRun = false, pageSize = 200, concurrency = 4, pause = 0, minimumAge = 60_000 } = options;
  atLeast(1, { pageSize, concurrency });
  atLeast(0, { pause, minimumAge });
  const total = await faunaDBClient.query<number>(q.Count(q.Tokens()));
  let progress: SweepProgress = { total, seen: 0, ours: 0, young: 0, orphans: 0 };
  let after: Expr | undefined;
  do {
    const page = await faunaDBClient.query<TokenPage>(pageQuery(pageSize, after, minimumAge));
    const candidates = page.data.filter((token) => token !== null);
    const orphans = await withoutSession(
      candidates.filter(({ old }) => old),
      concurrency,
    );
    if (!dryRun && orphans.length > 0) await faunaDBClient.query(removeQuery(orphans.map(({ id }) => id)));
    progress = {
      total,
      seen: progress.seen + page.data.length,
      ours: progress.ours + candidates.length,
      young: progress.young + candidates.filter(({ old }) => !old).length,
      orphans: progress.orphans + orphans.length,
    };
    options.onProgress?.(progress);
    after = page.after;
    if (after !== undefined && pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  } while (after !== undefined);
  return progress;
}

/** A sweep that looked up no sessions, say, would find none, and delete the tokens of all. */
function atLeast(least: number, numbers: Record<string, number>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new FaunadbSessionError('CONFIG_INVALID', `${name} must be a whole number, at least ${least}: ${value}`);
  }
}

interface SweptToken {
  readonly id: string;
  readonly old: boolean;
  readonly recipeUserId: string;
  readonly lineage: string;
  readonly generation: number;
}

interface TokenPage {
  /** Null for what is not ours, or has run out meanwhile. */
  readonly data: readonly (SweptToken | null)[];
  readonly after?: Expr;
}

function pageQuery(size: number, after: Expr | undefined, minimumAge: number): Expr {
  const token = q.Var('token');
  const ours = (key: string) => q.Select(['data', 'supertokens', key], token);
  const oldest = q.TimeSubtract(q.Now(), minimumAge, 'milliseconds');
  return q.Map(
    q.Paginate(q.Tokens(), { size, ...(after === undefined ? {} : { after }) }),
    q.Lambda(
      'ref',
      q.If(
        q.Exists(q.Var('ref')),
        q.Let(
          { token: q.Get(q.Var('ref')) },
          q.If(
            q.ContainsPath(['data', 'supertokens', 'lineage'], token),
            {
              id: q.Select(['ref', 'id'], token),
              old: q.LT(q.Epoch(q.Select('ts', token), 'microseconds'), oldest),
              recipeUserId: ours('recipeUserId'),
              lineage: ours('lineage'),
              generation: ours('generation'),
            },
            null,
          ),
        ),
        null,
      ),
    ),
  );
}

/** Those of the tokens that no session of their users carries, has just carried, or can be about to carry. */
async function withoutSession(tokens: readonly SweptToken[], concurrency: number): Promise<SweptToken[]> {
  const users = [...new Set(tokens.map(({ recipeUserId }) => recipeUserId))];
  const handles = await mapLimited(users, concurrency, (userId) => Session.getAllSessionHandlesForUser(userId));
  const sessions = await mapLimited([...new Set(handles.flat())], concurrency, (handle) =>
    Session.getSessionInformation(handle),
  );
  const found = sessions.filter((session): session is SessionInformation => session !== undefined);
  const records = new Map<string, TokenRecord>();
  for (const session of found) {
    // No key is needed: the record's lineage and generation are never sealed.
    const record = await recordOf(session, []);
    if (record !== undefined) records.set(record.lineage, record);
  }
  return tokens.filter(({ id, lineage, generation }) => {
    const record = records.get(lineage);
    // A token that a refresh has replaced ends with the grace, by its ttl.
    const carried = record !== undefined && generation <= record.generation && tokenId(lineage, generation) === id;
    return !carried;
  });
}
