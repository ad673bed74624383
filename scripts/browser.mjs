import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './lib/run.mjs';

const namesOnPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const usualPlaces = {
  linux: ['/usr/bin/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium'],
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Chromium', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
};

/**
 * The program of a Chromium, Chrome or Edge on this machine: the one that `CHROME_PATH` names, else one on the path, else
 * one in the system's usual place.
 *
 * @returns {string | undefined}
 * @throws {Error} where `CHROME_PATH` names no program.
 */
export function findBrowser() {
  const { CHROME_PATH: chosen, PATH = '' } = process.env;
  if (chosen) {
    if (isProgram(chosen)) return chosen;
    throw new Error(`CHROME_PATH is ${chosen}, and there is no program there.`);
  }
  const extension = process.platform === 'win32' ? '.exe' : '';
  const onPath = PATH.split(delimiter).flatMap((folder) => namesOnPath.map((name) => join(folder, name + extension)));
  return [...onPath, ...(usualPlaces[process.platform] ?? [])].find(isProgram);
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

function runQuietly([command, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return run(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
