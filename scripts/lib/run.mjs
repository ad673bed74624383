import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './repository.mjs';

/**
 * Runs a program to its end, in the root of the repository, with this process's input and output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 1 if a signal ended it or the program does not exist.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs the program of an installed package with Node itself, because the files in `node_modules/.bin` are shell scripts on
 * some systems.
 *
 * @param {string} file the program's path in `node_modules`
 * @param {readonly string[]} args
 */
export function runInstalled(file, args) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args]);
}

/** @param {readonly string[]} args for npm: the npm that started this script, else the one on the path. */
export function runNpm(args) {
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) return run(process.execPath, [npm, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}
