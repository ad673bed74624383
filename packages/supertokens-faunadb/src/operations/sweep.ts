import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import Session, { type SessionInformation } from 'supertokens-node/recipe/session';
import { recordOf } from '../backend/place.js';
import { removeQuery } from '../backend/queries.js';
import { type TokenRecord, tokenId } from '../backend/token-record.js';
import { FaunadbSessionError } from '../shared/errors.js';
import { mapLimited } from '../shared/map-limited.js';

const q = faunadb.query;

/** The options of {@link sweepFaunadbTokens}. */
export interface SweepOptions {
  /** A client with a server key of the database to sweep. */
  readonly faunaDBClient: Client;
  /** Counts orphaned tokens without deleting them. Default: false. */
  readonly dryRun?: boolean;
  /** How many tokens to read in one query. Default: 200. */
  readonly pageSize?: number;
  /** How many concurrent requests to make to the Core. Default: 4. */
  readonly concurrency?: number;
  /** How long to pause between two pages, in milliseconds. Default: 0. */
  readonly pause?: number;
  /**
   * How old a token must be to count as orphaned, in milliseconds. A younger one may belong to a login or a refresh that is
   * still running. Default: 60,000.
   */
  readonly minimumAge?: number;
  /** Called after each page. */
  readonly onProgress?: (progress: SweepProgress) => void;
}

/** The progress of a sweep. */
export interface SweepProgress {
  /** How many tokens of any kind there were when the sweep began. */
  readonly total: number;
  /** How many of them the sweep has read. */
  readonly seen: number;
  /** How many of these this integration created. */
  readonly ours: number;
  /** How many of ours were younger than `minimumAge`, and therefore not looked up. */
  readonly young: number;
  /** How many of ours were orphaned: deleted, or only counted in a dry run. */
  readonly orphans: number;
}

/**
 * Finds and deletes orphaned tokens, whose session no longer exists: tokens of sessions that expired, of users deleted in
 * the Core, and of processes that died between two writes. The SuperTokens SDK must be initialised, with or without the
 * integration. A sweep deletes only tokens that are certainly orphaned, and may run in several processes at once.
 *
 * All sessions with tokens in this database must belong to the Core, and to the app in it, that the SDK is connected to.
 * The tokens of any other session would count as orphaned.
 *
 * @returns the totals.
 * @throws FaunadbSessionError `CONFIG_INVALID` if a number is out of range.
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

/** Rejects numbers out of range: with a concurrency of 0, say, a sweep would find no sessions and delete every token. */
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
  /** Null for a token that is not ours, or that has expired meanwhile. */
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

/** Returns the tokens that belong to no session of their users. */
async function withoutSession(tokens: readonly SweptToken[], concurrency: number): Promise<SweptToken[]> {
  const users = [...new Set(tokens.map(({ recipeUserId }) => recipeUserId))];
  const handles = await mapLimited(users, concurrency, (userId) => Session.getAllSessionHandlesForUser(userId));
  const sessions = await mapLimited([...new Set(handles.flat())], concurrency, (handle) =>
    Session.getSessionInformation(handle),
  );
  const found = sessions.filter((session): session is SessionInformation => session !== undefined);
  const records = new Map<string, TokenRecord>();
  for (const session of found) {
    // No sealing key is needed: the record's lineage and generation are not encrypted.
    const record = await recordOf(session, []);
    if (record !== undefined) records.set(record.lineage, record);
  }
  return tokens.filter(({ id, lineage, generation }) => {
    const record = records.get(lineage);
    // A token that a refresh has replaced is not orphaned: its ttl ends with the grace period.
    const carried = record !== undefined && generation <= record.generation && tokenId(lineage, generation) === id;
    return !carried;
  });
}
