import { mkdirSync } from 'node:fs';
import { codeOf } from './main.mjs';
import { wishedPort } from './ports.mjs';
import { dataFolder } from './repository.mjs';

/**
 * Reads from the environment the settings of the servers to start, or the servers to use instead.
 *
 * @returns {{ faunadb?: { url: string, secret: string }, supertokensUri?: string }} the existing servers to use
 * @throws {Error} about the first invalid variable, before anything is installed, built or started.
 */
export function readSettings() {
  for (const variable of ['PORT', 'FAUNADB_PORT', 'CORE_PORT']) wishedPort(variable);
  const url = address('FAUNADB_URL');
  const secret = process.env.FAUNADB_SECRET;
  if (url !== undefined && !secret)
    throw new Error('FAUNADB_URL is set, so FAUNADB_SECRET must be too: an admin key of the database to use.');
  const supertokensUri = address('SUPERTOKENS_URI');
  return {
    ...(url !== undefined && secret ? { faunadb: { url, secret } } : {}),
    ...(supertokensUri === undefined ? {} : { supertokensUri }),
  };
}

/**
 * Creates the folder in which the embedded servers keep their data.
 *
 * @throws {Error} if it cannot be created.
 */
export function makeDataFolder() {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`The data folder ${dataFolder} cannot be created (${codeOf(error)}): set DATA_DIR to another one.`);
  }
}

/** @param {string} variable an environment variable's name */
function address(variable) {
  const text = process.env[variable];
  if (!text) return undefined;
  try {
    if (/^https?:$/.test(new URL(text).protocol)) return text;
  } catch {
    // One message covers both cases.
  }
  throw new Error(`${variable} is "${text}", which is not an http or https address.`);
}
