import { mkdirSync } from 'node:fs';
import { codeOf } from './main.mjs';
import { wishedPort } from './ports.mjs';
import { dataFolder } from './repository.mjs';

/**
 * What the environment says about the servers to start, and those to use instead.
 *
 * @returns {{ faunadb?: { url: string, secret: string }, supertokensUri?: string }} the servers that are given
 * @throws {Error} one sentence about the first variable that is wrong, before anything is installed, built or started.
 */
export function readSettings() {
  for (const variable of ['PORT', 'FAUNADB_PORT', 'CORE_PORT']) wishedPort(variable);
  const url = address('FAUNADB_URL');
  const secret = process.env.FAUNADB_SECRET;
  if (url !== undefined && !secret)
    throw new Error('FAUNADB_URL is given, so FAUNADB_SECRET must be too: an admin key of the database to use.');
  const supertokensUri = address('SUPERTOKENS_URI');
  return {
    ...(url !== undefined && secret ? { faunadb: { url, secret } } : {}),
    ...(supertokensUri === undefined ? {} : { supertokensUri }),
  };
}

/**
 * Makes the folder that the embedded servers keep their data in.
 *
 * @throws {Error} where there can be none.
 */
export function makeDataFolder() {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`There can be no data folder ${dataFolder} (${codeOf(error)}): name another one in DATA_DIR.`);
  }
}

/** @param {string} variable an environment variable's name */
function address(variable) {
  const text = process.env[variable];
  if (!text) return undefined;
  try {
    if (/^https?:$/.test(new URL(text).protocol)) return text;
  } catch {
    // The same sentence is for both.
  }
  throw new Error(`${variable} is "${text}", which is no http or https address.`);
}
