import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './repository.mjs';

/**
 * Checks this Node version against `engines` in the root package.json, which lists alternatives of the forms "^20.19.0" and
 * ">=22.12.0".
 *
 * @param {string} version of this Node, three numbers
 * @throws {Error} if none of them allows it; the message says which version is needed.
 */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const alternatives = /** @type {string[]} */ (engines.node.split(' || ')).map((range) => {
    const [, form, least, leastMinor] = /^(\^|>=)(\d+)\.(\d+)\.0$/.exec(range) ?? [];
    const isLater = form === '>=' && major > Number(least);
    return {
      fits: isLater || (major === Number(least) && minor >= Number(leastMinor)),
      words: `Node ${least}.${leastMinor} or ${form === '>=' ? 'later' : `a later ${least}`}`,
    };
  });
  if (alternatives.some(({ fits }) => fits)) return;
  const needed = alternatives.map(({ words }) => words).join(', or ');
  throw new Error(`This project needs ${needed}, but this is Node ${version}.`);
}
