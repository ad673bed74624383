import type { Store } from '@supertokens-faunadb/store';
import { eachEntry } from '../storage/each-entry.js';
import { settled } from '../storage/settled.js';
import type { Tenant } from '../tenants/tenants.js';
import { isLike } from './like.js';
import { getLoginMethod, type LoginMethod, type LoginRecipe } from './login-method.js';
import { asciiLowerCase, idOfSearchEntry, type SearchField, searchRange, searchTexts } from './search-index.js';
import { getUser, timeJoined, type User } from './user.js';

/**
 * What users are searched by. Each text is the beginning of what is looked for; an email is found by the beginning of its
 * domain too. `%` in it stands for any text, and `_` for any character.
 */
export interface SearchTags {
  readonly emails?: readonly string[];
  readonly phoneNumbers?: readonly string[];
  readonly providers?: readonly string[];
}

/** Maximum login methods to find for each recipe. */
const MOST_FOUND = 1000;

/** The ids of a tenant's users whose login methods match all tags, in joining order. */
export async function searchUserIds(
  store: Store,
  app: Tenant,
  tenant: Tenant,
  tags: SearchTags,
  newestFirst: boolean,
): Promise<string[]> {
  const found = new Map<LoginRecipe, Set<string>>();
  const recipes = recipesSearchedBy(tags);
  const patterns = patternsOf(tags);
  for (const [field, texts] of Object.entries(startsOf(tags)) as [SearchField, readonly string[]][]) {
    for (const text of texts) {
      const range = searchRange(tenant.space, field, fixedStart(text));
      await eachEntry(
        (work) => store.read(work),
        range,
        (reader, { key }) => {
          const method = getLoginMethod(reader, app, idOfSearchEntry(key));
          if (method === undefined || !recipes.includes(method.recipe) || !matches(method, patterns)) return true;
          const ofRecipe = found.get(method.recipe) ?? new Set();
          found.set(method.recipe, ofRecipe);
          if (ofRecipe.size < MOST_FOUND) ofRecipe.add(method.primaryUserId ?? method.id);
          return recipes.some((recipe) => (found.get(recipe)?.size ?? 0) < MOST_FOUND);
        },
      );
    }
  }
  const ids = new Set([...found.values()].flatMap((ofRecipe) => [...ofRecipe]));
  const users = await settled(
    store.read((reader) => Array.from(ids, (id) => getUser(reader, app, id)).filter((user) => user !== undefined)),
  );
  await new Promise(setImmediate);
  return users.sort(inOrder(newestFirst)).map(({ id }) => id);
}

function inOrder(newestFirst: boolean) {
  return (one: User, other: User) => {
    const byTime = timeJoined(one) - timeJoined(other);
    if (byTime !== 0) return newestFirst ? -byTime : byTime;
    return one.id < other.id ? 1 : -1;
  };
}

// No login method has both a phone number and a third party.
function recipesSearchedBy({ emails, phoneNumbers, providers }: SearchTags): LoginRecipe[] {
  if (phoneNumbers !== undefined) return providers === undefined ? ['passwordless'] : [];
  if (providers !== undefined) return ['thirdparty'];
  return emails === undefined ? [] : ['emailpassword', 'thirdparty', 'passwordless', 'webauthn'];
}

// The fields to go through; the others are compared.
function startsOf({ emails, phoneNumbers, providers }: SearchTags): Partial<Record<SearchField, readonly string[]>> {
  if (emails !== undefined) return { email: emails, domain: emails };
  return phoneNumbers !== undefined ? { phone: phoneNumbers } : { provider: providers ?? [] };
}

interface Wanted {
  readonly fields: readonly SearchField[];
  readonly patterns: readonly string[];
}

function patternsOf({ emails, phoneNumbers, providers }: SearchTags): Wanted[] {
  const all: readonly (readonly [readonly SearchField[], readonly string[] | undefined])[] = [
    [['email', 'domain'], emails],
    [['phone'], phoneNumbers],
    [['provider'], providers],
  ];
  return all.flatMap(([fields, texts]) =>
    texts === undefined ? [] : [{ fields, patterns: texts.map((text) => `${asciiLowerCase(text)}%`) }],
  );
}

function matches(method: LoginMethod, wanted: readonly Wanted[]): boolean {
  return wanted.every(({ fields, patterns }) =>
    fields
      .flatMap((field) => searchTexts(field, method))
      .some((text) => patterns.some((pattern) => isLike(asciiLowerCase(text), pattern))),
  );
}

// What stands before the first placeholder.
function fixedStart(text: string): string {
  return text.replace(/[%_].*$/s, '');
}
