import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './repository.mjs';
import { runInstalled, runNpm } from './run.mjs';

/**
 * Compiles what is stale: TypeScript by its project references, then each workspace with its own build step (a CommonJS
 * twin, a bundled page) if a source has changed.
 *
 * @throws {Error} if a compiler reports errors.
 */
export async function build() {
  if ((await runInstalled('typescript/bin/tsc', ['--build'])) !== 0) throw new Error('tsc --build failed: see above.');
  const fingerprint = fingerprintOfSources();
  for (const workspace of workspacesWithBuild()) {
    const stamp = join(root, workspace, 'dist', '.fingerprint');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) continue;
    if ((await runNpm(['run', 'build', '--silent', '--workspace', workspace])) !== 0) {
      throw new Error(`The build of ${workspace} failed: see above.`);
    }
    writeFileSync(stamp, fingerprint);
  }
}

/** @typedef {{ name: string, dependencies?: Record<string, string>, peerDependencies?: Record<string, string>, scripts?: Record<string, string> }} Manifest */

/** Workspaces with their own build step, dependencies first. */
function workspacesWithBuild() {
  /** @type {Map<string, Manifest>} */
  const manifests = new Map();
  for (const workspace of ['packages', 'packages/compat', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  )) {
    const file = join(root, workspace, 'package.json');
    if (existsSync(file)) manifests.set(workspace, JSON.parse(readFileSync(file, 'utf8')));
  }
  /** @type {Set<string>} */
  const ordered = new Set();
  /** @type {(workspace: string, manifest: Manifest) => void} */
  const add = (workspace, { dependencies = {}, peerDependencies = {}, scripts = {} }) => {
    const needed = { ...dependencies, ...peerDependencies };
    for (const [other, manifest] of manifests) if (manifest.name in needed) add(other, manifest);
    if (scripts.build !== undefined) ordered.add(workspace);
  };
  for (const [workspace, manifest] of manifests) add(workspace, manifest);
  return ordered;
}

function fingerprintOfSources() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const file of ['packages', 'apps'].flatMap((folder) => [...filesIn(join(root, folder))])) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // Build output stored beside the sources. None of it is JavaScript with such a name.
    if (entry.isFile() && !/\.(js|d\.ts)$/.test(entry.name)) yield path;
    else if (entry.isDirectory() && !['node_modules', 'dist', 'compiled'].includes(entry.name)) yield* filesIn(path);
  }
}
