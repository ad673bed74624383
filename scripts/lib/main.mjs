import { checkNode } from './node-version.mjs';

/**
 * Runs a command's body. Error messages are written for people, so they are printed without a stack.
 *
 * @param {() => Promise<void>} body
 */
export async function main(body) {
  try {
    checkNode();
    await body();
  } catch (error) {
    console.error(process.env.DEBUG ? error : `\n${messageOf(error)}`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The code of a Node error, such as `ENOENT`.
 *
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
