import { checkNode } from './node-version.mjs';

/**
 * Runs a command's body. A failure is a sentence for a person, so it is told without its stack.
 *
 * @param {() => Promise<void>} body
 */
export async function main(body) {
  try {
    checkNode();
    await body();
  } catch (error) {
    console.error(process.env.DEBUG ? error : `\n${error.message}`);
    process.exitCode = 1;
  }
}
