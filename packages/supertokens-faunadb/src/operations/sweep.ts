import Session, { type SessionInformation } from 'supertokens-node/recipe/session';
import { recordOf } from '../backend/place.js';
import { type TokenRecord, tokenId } from '../backend/token-record.js';
import type { Run, SweptToken } from '../fauna/base/language.js';
import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { FaunadbSessionError } from '../shared/errors.js';
import { mapLimited } from '../shared/map-limited.js';

/** How long FaunaDB may work on one query, in milliseconds. */
const QUERY_TIMEOUT = 60_000;

/** The options of {@link sweepFaunadbTokens}. */
export interface SweepOptions {
  /** A client of either driver, with a server key of the database to sweep. */
  readonly faunaDBClient: FaunaClient;
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
  const language = await languageOf(faunaDBClient);
  const run: Run = async <T>(query: FaunaQuery) =>
    (await language.run(faunaDBClient, query, {
      timeout: QUERY_TIMEOUT,
      signal: AbortSignal.timeout(QUERY_TIMEOUT),
    })) as T;
  const total = await run<number>(language.operator.countTokens);
  let progress: SweepProgress = { total, seen: 0, ours: 0, young: 0, orphans: 0 };
  let after: unknown;
  do {
    const page = await language.operator.tokenPage(run, { size: pageSize, after, minimumAge });
    const candidates = page.tokens.filter((token) => token !== null);
    const orphans = await withoutSession(
      candidates.filter(({ old }) => old),
      concurrency,
    );
    if (!dryRun && orphans.length > 0) await run(language.tokens.remove(orphans.map(({ id }) => id)));
    progress = {
      total,
      seen: progress.seen + page.tokens.length,
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
