import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Launcher } from 'chrome-launcher';
import { run } from './lib/run.mjs';

/**
 * The program of a Chromium or Chrome on this machine: the one that `CHROME_PATH` names, else one that is installed.
 *
 * @returns {string | undefined}
 * @throws {Error} where `CHROME_PATH` names no file.
 */
export function findBrowser() {
  const { CHROME_PATH: chosen } = process.env;
  if (chosen && !existsSync(chosen)) throw new Error(`CHROME_PATH is ${chosen}, and there is no program there.`);
  try {
    return chosen || Launcher.getFirstInstallation();
  } catch {
    return undefined; // chrome-launcher throws where it finds none.
  }
}

/**
 * Finds a browser, or installs Debian's Chromium where the system has `apt-get` and lets this user install.
 *
 * @returns {Promise<string>} its program.
 * @throws {Error} where there is none and none can be installed: one line that says what to install.
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
  throw new Error('The browser tests need Chromium or Chrome: install one, or name its program in CHROME_PATH.');
}

/** @param {string[]} command */
function runQuietly([program = '', ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return run(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
