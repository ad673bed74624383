import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../../../test/cdi.js';
import { type CoreServer, createCoreServer } from '../../index.js';

let core: CoreServer;
beforeAll(async () => {
  core = await createCoreServer();
  await ask(core.url, 'PUT', '/recipe/multitenancy/tenant/v2', { tenantId: 'eu' });
});
afterAll(() => core.close());

// From CDI 5.1 on it is the SDK that looks at the tenant's factors.
it.each([
  ['5.4', 'OK'],
  ['5.1', 'OK'],
  ['5.0', '403'],
  ['4.0', '403'],
])('a tenant without first factors signs users up for CDI %s: %s', async (version, outcome) => {
  const body = { email: `ada-${version}@example.com`, password: 'password' };
  const status = ask(`${core.url}/eu`, 'POST', '/recipe/signup', body, version).then(
    (answer) => answer.status,
    (error: Error) => error.message,
  );
  expect(await status).toContain(outcome);
});
