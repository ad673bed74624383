import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './repository.mjs';
import { runNpm } from './run.mjs';

/**
 * Installs from the lock file if `node_modules` is missing, incomplete, for another system or older than the lock file.
 *
 * @throws {Error} if npm fails.
 */
export async function ensureDependencies() {
  const reason = reasonToInstall();
  if (reason === undefined) return;
  console.log(`Installing dependencies: ${reason}.`);
  if ((await runNpm(['ci', '--no-audit', '--no-fund'])) !== 0) throw new Error('npm ci failed: see above.');
}

/**
 * What is wrong with `node_modules`, if anything. npm records what it installed when it finishes, so comparing that record
 * with the lock file finds everything except a folder deleted by hand. Folders are therefore checked separately.
 *
 * @returns {string | undefined}
 */
function reasonToInstall() {
  const wanted = packagesOf(join(root, 'package-lock.json')) ?? {};
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'none are installed';
  for (const [path, { os = [process.platform], cpu = [process.arch] }] of Object.entries(installed)) {
    if (!allows(os, process.platform) || !allows(cpu, process.arch)) return `${path} is for another system`;
  }
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (!path.includes('node_modules/')) continue;
    const found = installed[path];
    if (found === undefined && optional) continue;
    if (found?.version !== version || found?.integrity !== integrity) return `${path} is not the locked one`;
    if (!existsSync(join(root, path, 'package.json'))) return `${path} is missing`;
  }
  return undefined;
}

/**
 * npm's system lists name the supported systems or, with "!", the unsupported ones.
 *
 * @param {readonly string[]} list
 * @param {string} name
 */
function allows(list, name) {
  return list.includes(name) || (list.every((entry) => entry.startsWith('!')) && !list.includes(`!${name}`));
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[] }> | undefined}
 */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
