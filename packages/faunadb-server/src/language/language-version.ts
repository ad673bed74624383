/** The versions of the language whose functions differ, the oldest first. A lambda keeps the one that it was written in. */
const VERSIONS = ['2.12', '3', '4', '5', 'UNSTABLE'] as const;

export type LanguageVersion = (typeof VERSIONS)[number];

/** The one that this server speaks. */
export const API_VERSION = '4' satisfies LanguageVersion;

/** That of lambdas which name none, since they were written before lambdas had any. */
export const OLDEST_VERSION = '2.12' satisfies LanguageVersion;

/** Older ones, which have the same functions. */
const OTHERS: ReadonlyMap<string, LanguageVersion> = new Map([
  ['2.0', OLDEST_VERSION],
  ['2.1', OLDEST_VERSION],
  ['2.7', OLDEST_VERSION],
]);

/** The version that a text names, or `undefined`. */
export function languageVersion(text: string): LanguageVersion | undefined {
  return VERSIONS.find((version) => version === text) ?? OTHERS.get(text);
}

/** The span of versions that have a function. */
export interface Availability {
  /** The first that has it; all that are older have not. */
  readonly since?: LanguageVersion;
  /** The first that no longer has it. */
  readonly until?: LanguageVersion;
}

export function isAvailable({ since, until }: Availability, version: LanguageVersion): boolean {
  const age = VERSIONS.indexOf(version);
  return (
    (since === undefined || age >= VERSIONS.indexOf(since)) && (until === undefined || age < VERSIONS.indexOf(until))
  );
}
