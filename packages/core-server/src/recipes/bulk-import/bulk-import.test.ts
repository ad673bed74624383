import { openStore } from '@supertokens-faunadb/store';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { Core } from '../../core/core.js';
import type { JsonObject } from '../../json/json.js';
import type { Tenant } from '../../tenants/tenants.js';
import { ImportFailed } from './bulk-import.js';

let core: Core;
let app: Tenant;
beforeEach(async () => {
  core = await Core.open(await openStore({ memory: true }), [], false);
  app = core.tenants.find('public', 'public') as Tenant;
});

const byEmail = (email: string): JsonObject => ({ loginMethods: [{ recipeId: 'passwordless', email }] });
const manyUsers = Array.from({ length: 250 }, (_, index) => byEmail(`${index}@import.example`));
const fail = (error: unknown) => {
  throw error;
};
const countOf = (...recipes: string[]) => core.users.count(app, [app], recipes);

it('continues after a stop until the queue is empty', async () => {
  await core.bulkImport.enqueue(app, manyUsers);
  expect(await core.bulkImport.countQueued(app, undefined)).toBe(250);
  let asked = 0;
  await core.bulkImport.processQueue(() => ++asked > 120, fail);
  expect(await countOf('passwordless')).toBe(120);
  expect(await core.bulkImport.countQueued(app, 'NEW')).toBe(130);
  await core.bulkImport.processQueue(() => false, fail);
  expect(await countOf('passwordless')).toBe(250);
  expect(await core.bulkImport.countQueued(app, undefined)).toBe(0);
});

it('lists queued users page by page, each once', async () => {
  await core.bulkImport.enqueue(app, manyUsers);
  const listed: string[] = [];
  for (let from: { id: string; createdAt: number } | undefined; ; ) {
    const { found, next } = await core.bulkImport.queued(app, 100, undefined, from);
    from = next;
    listed.push(...found.map(({ id }) => id));
    if (from === undefined) break;
  }
  expect(new Set(listed).size).toBe(250);
  expect(listed).toHaveLength(250);
});

it('ends a page early where queued users are large', async () => {
  const text = 'x'.repeat(9 * 2 ** 20);
  await core.bulkImport.enqueue(
    app,
    [1, 2, 3, 4].map((n) => ({ ...manyUsers[n], userMetadata: { text } })),
  );
  const { found, next } = await core.bulkImport.queued(app, 100, undefined, undefined);
  expect(found).toHaveLength(2);
  const rest = await core.bulkImport.queued(app, 100, undefined, next);
  expect(rest.found).toHaveLength(2);
  expect(rest.next).toBeUndefined();
});

it('keeps a user that cannot be imported with the reason, and stores no partial data', async () => {
  await core.thirdParty.signInUp(app, app, { id: 'google', userId: '1' }, 'ada@import.example', true);
  const hash = { passwordHash: `$2a$10$${'a'.repeat(53)}`, hashingAlgorithm: 'bcrypt' };
  const clashing = {
    loginMethods: [
      { recipeId: 'emailpassword', email: 'ada@import.example', ...hash, isPrimary: true },
      { recipeId: 'thirdparty', email: 'ada@import.example', thirdPartyId: 'google', thirdPartyUserId: '1' },
    ],
  };
  await core.bulkImport.enqueue(app, [clashing]);
  await core.bulkImport.processQueue(() => false, fail);
  const [failed] = (await core.bulkImport.queued(app, 10, 'FAILED', undefined)).found;
  expect(failed?.errorMessage).toMatch(/^E005: A user with thirdPartyId google and thirdPartyUserId 1 already exists/);
  expect(await countOf('emailpassword')).toBe(0);
  // It is not retried until a client sends it again.
  await core.bulkImport.processQueue(() => false, fail);
  expect(await core.bulkImport.countQueued(app, 'FAILED')).toBe(1);
  expect(await core.bulkImport.dequeue(app, [failed?.id ?? '', 'unknown'])).toEqual([failed?.id]);
});

it('accepts any input or refuses it with reasons', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('emailpassword', 'thirdparty', 'passwordless', 'public', 'a@b.example'),
  );
  const leaf = fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null));
  const method = fc.dictionary(
    fc.constantFrom(
      ...['recipeId', 'email', 'phoneNumber', 'tenantIds', 'isVerified', 'isPrimary', 'timeJoinedInMSSinceEpoch'],
      ...['passwordHash', 'hashingAlgorithm', 'plainTextPassword', 'thirdPartyId', 'thirdPartyUserId'],
    ),
    fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })),
  );
  const user = fc.dictionary(
    fc.constantFrom('externalUserId', 'userMetadata', 'userRoles', 'totpDevices', 'loginMethods'),
    fc.oneof(leaf, fc.array(fc.oneof(method, leaf), { maxLength: 2 }), method),
  );
  await fc.assert(
    fc.asyncProperty(user, async (sent) => {
      await core.bulkImport.importUser(app, sent as JsonObject).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ImportFailed);
        expect((error as ImportFailed).errors.length).toBeGreaterThan(0);
      });
    }),
  );
});
