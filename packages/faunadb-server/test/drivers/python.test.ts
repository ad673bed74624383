import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { createFaunaServer } from '../../src/index.js';

const run = promisify(execFile);
const environment = fileURLToPath(new URL('../../../../node_modules/.cache/python-driver', import.meta.url));
const python = join(environment, 'bin', 'python');
const server = await createFaunaServer();
afterAll(() => server.close());

/** A Python that has the driver, made at the first run. */
async function ensureDriver(): Promise<void> {
  const hasDriver = existsSync(python) && (await run(python, ['-c', 'import faunadb']).then(Boolean, () => false));
  if (hasDriver) return;
  await run('python3', ['-m', 'venv', environment]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'faunadb==4.5.2'], {
    timeout: 120_000,
  });
}

it('serves the Python driver', { timeout: 180_000 }, async ({ skip }) => {
  const missing = await ensureDriver().then(
    () => undefined,
    (error: Error) => error,
  );
  if (missing) skip(`python3 with the package faunadb is not to be had here: ${missing.message.split('\n')[0]}`);
  const script = fileURLToPath(new URL('python_smoke.py', import.meta.url));
  const { stdout } = await run(python, [script, server.host, String(server.port), server.rootKey]);
  expect(stdout).toBe('all as expected\n');
});
