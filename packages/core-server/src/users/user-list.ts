import type { Entry, Reader, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf, timeOfPart, timePart } from '../storage/key.js';
import { getJson, parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { LoginRecipe } from './login-method.js';
import { getPrimaryUser, getUser, tenantsOf } from './user.js';

// Every tenant lists its users by joining time, with the recipes by which they log in there. A user's listing across all
// tenants is encoded as text, with a count of the users for each text, so that users are counted without reading them.

/** Where a page of users begins. */
export interface Place {
  readonly timeJoined: number;
  readonly id: string;
}

interface Listing extends Place {
  /** The recipes by the space of the tenant. */
  readonly recipes: ReadonlyMap<string, readonly LoginRecipe[]>;
}

/** Runs `change` on the users with these ids and updates lists and counts. Every change of login methods must go through it. */
export function relisting<T>(transaction: Transaction, app: Tenant, ids: readonly string[], change: () => T): T {
  const unique = [...new Set(ids)];
  const before = unique.map((id) => listingOf(transaction, app, id));
  const result = change();
  for (const [index, id] of unique.entries()) {
    relist(transaction, app, before[index], listingOf(transaction, app, id));
  }
  return result;
}

// A linked login method is listed with its primary user only.
function listingOf(reader: Reader, app: Tenant, id: string): Listing | undefined {
  const user = getUser(reader, app, id);
  if (user === undefined || user.id !== id) return undefined;
  const recipes = new Map(
    tenantsOf(user).map((space) => {
      const methods = user.loginMethods.filter(({ tenants }) => tenants.includes(space));
      return [space, [...new Set(methods.map(({ recipe }) => recipe))].sort()];
    }),
  );
  const at = user.isPrimary ? getPrimaryUser(reader, app, id)?.listedAt : user.loginMethods[0]?.timeJoined;
  return { id, timeJoined: at as number, recipes };
}

function relist(transaction: Transaction, app: Tenant, before: Listing | undefined, after: Listing | undefined): void {
  const [old, now] = [lineOf(before), lineOf(after)];
  if (old === now && before?.timeJoined === after?.timeJoined) return;
  for (const space of before?.recipes.keys() ?? []) transaction.remove(entryKey(space, before as Listing));
  for (const [space, recipes] of after?.recipes ?? []) putJson(transaction, entryKey(space, after as Listing), recipes);
  if (old === now) return;
  count(transaction, app, old, -1);
  count(transaction, app, now, 1);
}

interface Count {
  readonly line: string;
  readonly users: number;
}

// `@1 emailpassword thirdparty,@3 passwordless`
function lineOf(listing: Listing | undefined): string {
  return [...(listing?.recipes ?? [])]
    .map(([space, recipes]) => [space, ...recipes].join(' '))
    .sort()
    .join();
}

function count(transaction: Transaction, app: Tenant, line: string, difference: 1 | -1): void {
  if (line === '') return;
  const place = key(app.space, 'user-count', line);
  const users = (getJson<Count>(transaction, place)?.users ?? 0) + difference;
  if (users > 0) putJson(transaction, place, { line, users } satisfies Count);
  else transaction.remove(place);
}

/** Counts the users in one or more of an app's `tenants` who log in by one of `recipes`, or by any if none is named. */
export function countUsers(
  reader: Reader,
  app: Tenant,
  tenants: readonly Tenant[],
  recipes: readonly string[],
): number {
  const spaces = new Set(tenants.map(({ space }) => space));
  let total = 0;
  for (const { value } of reader.range(keysUnder(app.space, 'user-count'))) {
    const { line, users } = parseJson<Count>(value);
    const isMeant = line.split(',').some((part) => {
      const [space = '', ...own] = part.split(' ');
      return spaces.has(space) && (recipes.length === 0 || own.some((recipe) => recipes.includes(recipe)));
    });
    if (isMeant) total += users;
  }
  return total;
}

/** A page of a list. */
export interface PageOfUsers {
  readonly limit: number;
  readonly newestFirst: boolean;
  readonly from: Place | undefined;
  /** The recipes to list; empty: any. */
  readonly recipes: readonly string[];
}

/**
 * A tenant's users in the order in which they joined. Of those who joined in the same millisecond the one with the
 * greatest id comes first, in either direction, as in the real Core.
 *
 * @param scanned maximum entries to read in this call
 * @returns `rest`: where to continue, when there may be more
 */
export function listUsers(
  reader: Reader,
  { space }: Tenant,
  page: PageOfUsers,
  scanned = Number.POSITIVE_INFINITY,
): { found: Place[]; rest: Place | undefined } {
  const { limit, newestFirst, from, recipes } = page;
  const found: Place[] = [];
  let seen = 0;
  for (const { key: entry, value } of newestFirst ? backwards(reader, space, from) : forwards(reader, space, from)) {
    const [, , time, id] = partsOf(entry) as [string, string, string, string];
    const place = { id, timeJoined: timeOfPart(time) };
    if (found.length === limit || seen++ >= scanned) return { found, rest: place };
    const isMeant = recipes.length === 0 || parseJson<LoginRecipe[]>(value).some((recipe) => recipes.includes(recipe));
    if (isMeant) found.push(place);
  }
  return { found, rest: undefined };
}

function backwards(reader: Reader, space: string, from: Place | undefined): Iterable<Entry> {
  const range = keysUnder(space, 'user-by-time');
  return reader.range({ ...range, ...(from && { end: after(entryKey(space, from)) }), reverse: true });
}

// Millisecond by millisecond, for those of the same one come in the opposite order.
function* forwards(reader: Reader, space: string, from: Place | undefined): Generator<Entry> {
  const { end, ...all } = keysUnder(space, 'user-by-time');
  let { start } = all;
  if (from !== undefined) {
    const sameTime = keysUnder(space, 'user-by-time', timePart(from.timeJoined));
    yield* reader.range({ start: sameTime.start, end: after(entryKey(space, from)), reverse: true });
    start = sameTime.end;
  }
  for (;;) {
    const first = firstOf(reader.range({ start, end }));
    if (first === undefined) return;
    const sameTime = keysUnder(space, 'user-by-time', partsOf(first.key)[2] as string);
    yield* reader.range({ ...sameTime, reverse: true });
    start = sameTime.end;
  }
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

function after(entry: Uint8Array): Uint8Array {
  return Buffer.concat([entry, Buffer.of(0)]);
}

function entryKey(space: string, { timeJoined, id }: Place): Uint8Array {
  return key(space, 'user-by-time', timePart(timeJoined), id);
}
