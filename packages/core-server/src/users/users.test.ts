import { openStore, type Store } from '@supertokens-faunadb/store';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import { PUBLIC_TENANT } from '../tenants/tenant-config.js';
import type { Tenant } from '../tenants/tenants.js';
import { checkLink, checkPrimary } from './linking-checks.js';
import { getLoginMethod, type LoginRecipe } from './login-method.js';
import { getUser, isIn, timeJoined, type User, usersByEmail } from './user.js';
import { addLoginMethod, addToTenant, link, makePrimary, removeFromTenant, unlink } from './user-changes.js';
import { countUsers, listUsers } from './user-list.js';
import { removeUser } from './user-removal.js';

const RECIPES: readonly LoginRecipe[] = ['emailpassword', 'thirdparty', 'passwordless'];

let store: Store;
let core: Core;
beforeAll(async () => {
  store = await openStore({ memory: true });
  core = await Core.open(store, []);
});

let apps = 0;
async function newApp(): Promise<Tenant[]> {
  const app = `app-${++apps}`;
  for (const id of [PUBLIC, 'eu', 'us']) await core.tenants.put(app, id, PUBLIC_TENANT);
  return core.tenants.ofApp(app);
}

type Operation = readonly [
  kind: 'sign up' | 'add' | 'leave' | 'primary' | 'link' | 'unlink' | 'remove' | 'remove one',
  one: number,
  other: number,
  tenant: number,
];

const operations = fc.array(
  fc.tuple(
    fc.constantFrom<Operation[0]>(
      'sign up',
      'sign up',
      'add',
      'leave',
      'primary',
      'link',
      'unlink',
      'remove',
      'remove one',
    ),
    fc.nat(9),
    fc.nat(9),
    fc.nat(2),
  ),
  { maxLength: 40 },
);

/** Does what is asked, where it may be done, and remembers the ids of all login methods there have been. */
function perform(tenants: readonly Tenant[], ids: string[], [kind, one, other, at]: Operation): void {
  const [app] = tenants as [Tenant];
  const tenant = tenants[at] as Tenant;
  const id = ids[one % ids.length] ?? '';
  const otherId = ids[other % ids.length] ?? '';
  store.transact((transaction) => {
    const method = getLoginMethod(transaction, app, id);
    switch (kind) {
      case 'sign up': {
        const recipe = RECIPES[other % 3] as LoginRecipe;
        const thirdParty = recipe === 'thirdparty' ? { thirdParty: { id: 'google', userId: `${one}` } } : {};
        const content = { recipe, email: `${one}@login.example`, timeJoined: 1000 + (one % 3), ...thirdParty };
        const made = addLoginMethod(transaction, app, [tenant], content);
        if (typeof made !== 'string') ids.push(made.id);
        return;
      }
      case 'add':
        if (method !== undefined) addToTenant(transaction, app, tenant, method);
        return;
      case 'leave':
        if (method !== undefined) removeFromTenant(transaction, app, tenant, method);
        return;
      case 'primary': {
        const checked = checkPrimary(transaction, app, id);
        if ('user' in checked && 'isAlready' in checked && !checked.isAlready)
          makePrimary(transaction, app, checked.user);
        return;
      }
      case 'link': {
        const checked = checkLink(transaction, app, id, otherId);
        if (!('reason' in checked) && !checked.isAlready) link(transaction, app, id, checked.primaryUser.id);
        return;
      }
      case 'unlink':
        if (method?.primaryUserId !== id) unlink(transaction, app, id);
        return;
      default:
        removeUser(transaction, core.users.dataOf(app), id, kind === 'remove', undefined);
    }
  });
}

it('lists, counts and finds exactly the existing users after any operations', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (todo) => {
      const tenants = await newApp();
      const [app] = tenants as [Tenant];
      const ids: string[] = [];
      for (const operation of todo) perform(tenants, ids, operation);
      store.read((reader) => {
        const users = new Map<string, User>();
        for (const id of ids) {
          const user = getUser(reader, app, id);
          if (user !== undefined) users.set(user.id, user);
        }
        for (const tenant of tenants) {
          const here = [...users.values()].filter((user) => isIn(user, tenant.space));
          for (const newestFirst of [true, false]) {
            const page = { limit: 100, newestFirst, from: undefined, recipes: [] };
            const listed = listUsers(reader, tenant, page).found.map(({ id }) => id);
            expect([...listed].sort()).toEqual(here.map(({ id }) => id).sort());
          }
          expect(countUsers(reader, app, [tenant], [])).toBe(here.length);
          for (const recipe of RECIPES) {
            const byRecipe = here.filter(({ loginMethods }) =>
              loginMethods.some((method) => method.recipe === recipe && method.tenants.includes(tenant.space)),
            );
            expect(countUsers(reader, app, [tenant], [recipe])).toBe(byRecipe.length);
          }
          for (let n = 0; n < 10; n++) {
            const email = `${n}@login.example`;
            const withEmail = here.filter(({ loginMethods }) =>
              loginMethods.some((method) => method.email === email && method.tenants.includes(tenant.space)),
            );
            const found = usersByEmail(reader, app, email, tenant);
            expect(found.map(({ id }) => id).sort()).toEqual(withEmail.map(({ id }) => id).sort());
            // In a tenant, what is unique is so, and there is one primary user with an email.
            for (const recipe of RECIPES) {
              const methods = withEmail
                .flatMap(({ loginMethods }) => loginMethods)
                .filter((method) => method.recipe === recipe && method.email === email)
                .filter((method) => method.tenants.includes(tenant.space));
              expect(methods.length).toBeLessThanOrEqual(1);
            }
          }
        }
        const counted = [...users.values()].filter(({ loginMethods }) =>
          loginMethods.some((m) => m.tenants.length > 0),
        );
        expect(countUsers(reader, app, tenants, [])).toBe(counted.length);
      });
    }),
    { numRuns: 150 },
  );
});

it('pages through users who joined in the same millisecond, the greatest id first', async () => {
  const [app] = (await newApp()) as [Tenant];
  store.transact((transaction) => {
    for (let n = 0; n < 25; n++) {
      const content = { recipe: 'emailpassword' as const, email: `${n}@login.example`, timeJoined: 1000 + (n % 3) };
      addLoginMethod(transaction, app, [app], content);
    }
  });
  for (const newestFirst of [true, false]) {
    const seen: { timeJoined: number; id: string }[] = [];
    let from: { timeJoined: number; id: string } | undefined;
    do {
      const { users, next } = await core.users.list(app, app, { limit: 4, newestFirst, from, recipes: [] });
      seen.push(...users);
      from = next;
    } while (from !== undefined);
    const direction = newestFirst ? -1 : 1;
    const sorted = [...seen].sort((a, b) => direction * (a.timeJoined - b.timeJoined) || (a.id < b.id ? 1 : -1));
    expect(seen).toHaveLength(25);
    expect(seen.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
  }
});

it('searches by the beginnings of emails and of their domains', async () => {
  const [app] = (await newApp()) as [Tenant];
  const emails = [
    'ann@login.example',
    'bob@ann.example',
    'eve@login.example',
    'a_n@x.example',
    `${'l'.repeat(120)}@y.example`,
  ];
  store.transact((transaction) => {
    for (const [n, email] of emails.entries()) {
      addLoginMethod(transaction, app, [app], { recipe: 'emailpassword', email, timeJoined: n });
    }
  });
  const search = async (...texts: string[]) => {
    const users = await core.users.search(app, app, { emails: texts }, false);
    return users.map((user) => emails.indexOf(user.loginMethods[0]?.method.email as string));
  };
  expect(await search('ann')).toEqual([0, 1]);
  expect(await search('login')).toEqual([0, 2]);
  expect(await search('a_n')).toEqual([0, 1, 3]);
  expect(await search('%n@')).toEqual([0, 3]);
  expect(await search('bob', 'eve')).toEqual([1, 2]);
  expect(await search('l'.repeat(119))).toEqual([4]);
  expect(await search(`${'l'.repeat(121)}`)).toEqual([]);
});

it('a user is as old as the oldest login method', async () => {
  const [app] = (await newApp()) as [Tenant];
  const add = (email: string, at: number) =>
    store.transact((transaction) =>
      addLoginMethod(transaction, app, [app], { recipe: 'emailpassword', email, timeJoined: at }),
    ).value as { id: string };
  const [young, old] = [add('young@login.example', 2000), add('old@login.example', 1000)];
  await core.accountLinking.makePrimary(app, young.id);
  await core.accountLinking.link(app, old.id, young.id);
  const user = store.read((reader) => getUser(reader, app, young.id)).value as User;
  expect(timeJoined(user)).toBe(1000);
  expect(user.loginMethods.map(({ id }) => id)).toEqual([old.id, young.id]);
});
