import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf } from './main.mjs';

/**
 * The processes whose end must end this script: its parent and, if that is only the shell in which npm runs a script, npm
 * itself. A script is not notified when they are killed, and npm forwards its signals to that shell only.
 *
 * @returns {{ gone: () => boolean }} `gone` reports whether one of them has ended; always false if npm did not start this
 * script.
 */
export function findLauncher() {
  if (process.env.npm_lifecycle_event === undefined) return { gone: () => false };
  const parent = process.ppid;
  const { name, ppid } = describe(parent);
  const npm = /(^|[/-])(ba|da|a|k|z)?sh$/.test(name) && ppid > 1 ? ppid : undefined;
  return { gone: () => process.ppid !== parent || (npm !== undefined && !isThere(npm)) };
}

/** @param {number} pid */
function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * The name and the parent of a process; an empty name and `NaN` if the system does not list it.
 *
 * @param {number} pid
 */
function describe(pid) {
  const [ppid, name = ''] =
    process.platform === 'linux' ? fromProc(pid) : process.platform === 'win32' ? [] : fromPs(pid);
  return { name, ppid: Number(ppid) };
}

/**
 * @param {number} pid
 * @returns {(string | undefined)[]}
 */
function fromProc(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return [/^PPid:\s*(\d+)/m.exec(status)?.[1], /^Name:\s*(.+)$/m.exec(status)?.[1]];
  } catch {
    return [];
  }
}

/**
 * @param {number} pid
 * @returns {(string | undefined)[]}
 */
function fromPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
  return /^\s*(\d+)\s+(.+?)\s*$/.exec(stdout ?? '')?.slice(1) ?? [];
}
