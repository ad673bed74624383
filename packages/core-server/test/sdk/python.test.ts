import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createCoreServer } from '../../src/index.js';

const run = promisify(execFile);
const script = fileURLToPath(new URL('python.py', import.meta.url));
/** Kept from run to run, for it takes a while to install. */
const environment = join(tmpdir(), 'core-server-supertokens-python');

/** A Python that has the SDK, made from the machine's own; or why there is none. */
async function pythonWithSdk(): Promise<{ python: string } | { lacking: string }> {
  const python = join(environment, 'bin', 'python');
  const has = () => run(python, ['-c', 'import supertokens_python']);
  if (
    existsSync(python) &&
    (await has().then(
      () => true,
      () => false,
    ))
  )
    return { python };
  try {
    await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'supertokens-python']);
    await has();
    return { python };
  } catch (error) {
    return { lacking: String((error as Error).message).split('\n')[0] ?? 'no reason given' };
  }
}

it('serves the Python SDK', { timeout: 300_000 }, async (context) => {
  const sdk = await pythonWithSdk();
  if ('lacking' in sdk) return context.skip(`no Python with the SDK: ${sdk.lacking}`);
  const core = await createCoreServer({ host: '127.0.0.1' });
  try {
    const { stdout } = await run(sdk.python, [script, core.url]);
    expect(JSON.parse(stdout)).toEqual({
      user: 'ada',
      payload: 1,
      data: { b: 2 },
      roles: ['writer'],
      metadata: { first: 'Ada' },
      revoked: 1,
      left: 0,
    });
  } finally {
    await core.close();
  }
});
