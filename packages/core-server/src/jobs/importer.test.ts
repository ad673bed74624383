import { openStore } from '@supertokens-faunadb/store';
import { expect, it } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import type { ImportedUser } from '../recipes/bulk-import/import-user.js';
import { putQueued } from '../recipes/bulk-import/queue.js';
import { Importer } from './importer.js';

it('continues and reports when importing a user fails unexpectedly', async () => {
  const store = await openStore({ memory: true });
  const core = await Core.open(store, [{}], true);
  const app = core.tenants.get(PUBLIC, PUBLIC);
  const times = { createdAt: Date.now(), updatedAt: Date.now() };
  const method = { recipeId: 'thirdparty', email: 'a@a.example', thirdPartyId: 'p', thirdPartyUserId: 'a' };
  store.transact((transaction) => {
    for (const [n, user] of [undefined, { loginMethods: [method] }, undefined].entries()) {
      putQueued(transaction, app, { id: `q${n}`, user: user as unknown as ImportedUser, status: 'NEW', ...times });
    }
  });
  const failures: unknown[] = [];
  const importer = new Importer(core.bulkImport, (error) => failures.push(error));
  importer.start(1_000_000);
  // The newest comes first: the one who can be imported is between the two who cannot.
  while (failures.length < 2) await new Promise(setImmediate);
  await importer.stop();
  expect(failures).toHaveLength(2);
  expect(failures[0]).toBeInstanceOf(TypeError);
  expect(await core.bulkImport.countQueued(app, 'NEW')).toBe(2);
});
