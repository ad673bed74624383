import { type ApiVersion, isOlder } from '../../values/api-version.js';

/** The documented version of the language, and the default. */
export const API_VERSION = '4' satisfies ApiVersion;

/**
 * The version of lambdas without one, which are older than the field. Earlier versions have the same functions, and their
 * lambdas are reported with this version.
 */
export const OLDEST_VERSION = '2.12' satisfies ApiVersion;

/** The version recorded for a lambda that was written in another. */
export function lambdaVersion(version: ApiVersion): ApiVersion {
  return isOlder(version, OLDEST_VERSION) ? OLDEST_VERSION : version;
}

/** The range of versions that have a function. */
export interface Availability {
  /** The first version that has it. */
  readonly since?: ApiVersion;
  /** The first version that no longer has it. */
  readonly until?: ApiVersion;
}

export function isAvailable({ since, until }: Availability, version: ApiVersion): boolean {
  return (since === undefined || !isOlder(version, since)) && (until === undefined || isOlder(version, until));
}
