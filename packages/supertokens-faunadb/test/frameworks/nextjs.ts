import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type FrameworkUnderTest, remote } from './app.js';

const run = promisify(execFile);
const repository = new URL('../../../../', import.meta.url);
const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', repository));
const endWithParent = new URL('scripts/lib/end-with-parent.mjs', repository).href;
const integration = fileURLToPath(new URL('../../', import.meta.url));
const folder = fileURLToPath(new URL('nextjs-app/', import.meta.url));
const next = join(folder, 'node_modules', 'next', 'dist', 'bin', 'next');

/** The application in `nextjs-app`, built for production and served by a process of its own. */
export const nextjsApp: FrameworkUnderTest = {
  name: 'Next.js',
  startTimeout: 300_000,
  rendersPages: true,
  start: async ({ supertokensUri, database }) => {
    await install();
    // Next.js bundles the package as applications get it: built.
    await run(process.execPath, [tsc, '--build', integration]);
    const options = {
      cwd: folder,
      env: {
        ...process.env,
        // Not those of this process, which are for tests.
        NODE_ENV: 'production',
        TEST_MODE: undefined,
        NEXT_TELEMETRY_DISABLED: '1',
        SUPERTOKENS_URI: supertokensUri,
        FAUNADB_URL: database.url,
        FAUNADB_SECRET: database.secret,
        USER_COLLECTION: database.collection,
      },
    };
    await run(process.execPath, [next, 'build'], options);
    const args = ['--import', endWithParent, next, 'start', '--hostname', '127.0.0.1', '--port', '0'];
    const server = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    return remote(await originOf(server.stdout!), async () => {
      const exited = once(server, 'exit');
      server.kill();
      await exited;
    });
  },
};

/**
 * Installs Next.js, hundreds of megabytes that nothing else needs, where it is missing or older than the lock file. npm
 * writes its own list of what it installed when it has finished.
 */
async function install(): Promise<void> {
  const changed = (file: string) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed('node_modules/.package-lock.json') > changed('package-lock.json')) return;
  await run('npm', ['ci'], { cwd: folder, shell: process.platform === 'win32' }).catch((cause) => {
    throw new Error(`Next.js cannot be tested, because npm ci failed in ${folder}.`, { cause });
  });
}

/** Where a server says that it listens. What it says after that goes nowhere. */
async function originOf(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) {
    const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (origin === undefined) continue;
    output.resume();
    return origin;
  }
  throw new Error('Next.js ended before it listened.');
}
