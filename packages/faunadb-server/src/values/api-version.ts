/** The API versions that a request may ask for and that a lambda may be written in, the oldest first. */
export const API_VERSIONS = ['2.0', '2.1', '2.7', '2.12', '3', '4', '5', 'UNSTABLE'] as const;

export type ApiVersion = (typeof API_VERSIONS)[number];

/** The version of requests that name none. */
export const DEFAULT_VERSION = '2.1' satisfies ApiVersion;

/** The version that a text names, or `undefined`. */
export function apiVersionOf(text: string): ApiVersion | undefined {
  return API_VERSIONS.find((version) => version === text);
}

/** Whether a version is older than another. */
export function isOlder(version: ApiVersion, than: ApiVersion): boolean {
  return API_VERSIONS.indexOf(version) < API_VERSIONS.indexOf(than);
}
