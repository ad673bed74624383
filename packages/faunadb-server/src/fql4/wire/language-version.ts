import { type ApiVersion, isOlder } from '../../values/api-version.js';

/** The version in which the language is described, and which is meant where none is named. */
export const API_VERSION = '4' satisfies ApiVersion;

/**
 * That of lambdas which name none, since they were written before lambdas had any. Older versions have the same
 * functions, and their lambdas are said to be of this one.
 */
export const OLDEST_VERSION = '2.12' satisfies ApiVersion;

/** The version that a lambda keeps which was written in another. */
export function lambdaVersion(version: ApiVersion): ApiVersion {
  return isOlder(version, OLDEST_VERSION) ? OLDEST_VERSION : version;
}

/** The span of versions that have a function. */
export interface Availability {
  /** The first that has it; all that are older have not. */
  readonly since?: ApiVersion;
  /** The first that no longer has it. */
  readonly until?: ApiVersion;
}

export function isAvailable({ since, until }: Availability, version: ApiVersion): boolean {
  return (since === undefined || !isOlder(version, since)) && (until === undefined || isOlder(version, until));
}
