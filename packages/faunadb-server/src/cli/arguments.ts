import { readFileSync } from 'node:fs';
import { reasonOf } from '@supertokens-faunadb/store';
import { InvalidArgumentError } from 'commander';

/** The default data directory. */
export const DEFAULT_DATA = 'faunadb-data';

/** Parsers of option values. Each throws an error that says in one sentence what it expects. */

export function port(text: string): number {
  return wholeNumber(text, 0, 65_535, 'a port from 0 to 65535');
}

export function milliseconds(text: string): number {
  return wholeNumber(text, 1, 600_000, 'a number of milliseconds from 1 to 600000');
}

export function count(text: string): number {
  return wholeNumber(text, 1, 1_000_000, 'a whole number from 1 to 1000000');
}

export function bytes(text: string): number {
  return wholeNumber(text, 1024, 1 << 30, 'a number of bytes from 1024 to 1073741824');
}

export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href.replace(/\/$/, '');
  throw new InvalidArgumentError('Expected an http:// or https:// address.');
}

/**
 * Reads a secret from a file, or else from the environment; never from an argument, which every user of the machine
 * can see.
 */
export function secretFrom(file: string | undefined): string {
  const secret = file === undefined ? process.env.FAUNADB_SECRET : contentOf(file, "secret's file").toString().trim();
  if (secret === '' && file !== undefined)
    throw new Error(`The secret's file ${file} is empty: give one with an admin secret in it.`);
  if (!secret) throw new Error('Give an admin secret of the database in FAUNADB_SECRET, or its file by --secret-file.');
  return secret;
}

/** @throws {Error} with the file's name, the reason, and what to do. */
export function contentOf(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(
      `The ${what} ${file} cannot be read, because ${reasonOf(error)}: give a file that this user may read.`,
    );
  }
}

function wholeNumber(text: string, least: number, most: number, expected: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Expected ${expected}.`);
}
