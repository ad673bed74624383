import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Launcher } from 'chrome-launcher';
import { run } from './lib/run.mjs';

/**
 * The path of a Chromium or Chrome executable on this machine: `CHROME_PATH` if set, else an installed one.
 *
 * @returns {string | undefined}
 * @throws {Error} if `CHROME_PATH` does not point to a file.
 */
export function findBrowser() {
  const { CHROME_PATH: chosen } = process.env;
  if (chosen && !existsSync(chosen)) throw new Error(`CHROME_PATH is ${chosen}, but there is no such file.`);
  try {
    return chosen || Launcher.getFirstInstallation();
  } catch {
    return undefined; // chrome-launcher throws if it finds none.
  }
}

/**
 * Finds a browser. Installs Debian's Chromium if there is none, `apt-get` exists and this user may install packages.
 *
 * @returns {Promise<string>} the path of its executable.
 * @throws {Error} if there is none and none can be installed; the message says what to install.
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    if (asRoot.length === 0 || spawnSync('sudo', ['-n', 'true']).status === 0) {
      console.log("Installing Debian's chromium for the browser tests.");
      await runQuietly([...asRoot, 'apt-get', 'update', '-q']);
      await runQuietly([...asRoot, 'apt-get', 'install', '-qy', '--no-install-recommends', 'chromium']);
      const installed = findBrowser();
      if (installed !== undefined) return installed;
    }
  }
  throw new Error('The browser tests need Chromium or Chrome: install one, or set CHROME_PATH to its executable.');
}

/** @param {string[]} command */
function runQuietly([program = '', ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return run(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
