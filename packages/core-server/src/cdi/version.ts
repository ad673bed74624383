/**
 * A version of the core driver interface as a number that can be compared: 2.21 is 2021, 5.4 is 5004.
 *
 * @see https://app.swaggerhub.com/apis/supertokens/CDI
 */
export type CdiVersion = number;

/** Every version that this Core speaks. An SDK takes the newest that both know. */
export const SUPPORTED_VERSIONS: readonly string[] = [
  ...['2.7', '2.8', '2.9', '2.10', '2.11', '2.12', '2.13', '2.14', '2.15', '2.16', '2.17', '2.18', '2.19', '2.20'],
  ...['2.21', '3.0', '3.1', '4.0', '5.0', '5.1', '5.2', '5.3', '5.4'],
];

export const LATEST_VERSION = '5.4';

/** @returns `undefined` when `text` is not digits separated by dots */
export function parseVersion(text: string): CdiVersion | undefined {
  const cached = orders.get(text);
  if (cached !== undefined) return cached;
  if (!/^\d+(\.\d+)*$/.test(text)) return undefined;
  const [major = 0, minor = 0, ...rest] = text.split('.').map(Number);
  // A third part makes it another version, newer than the two parts alone.
  return major * 1000 + minor + (rest.some((part) => part > 0) ? 0.5 : 0);
}

const orders = new Map<string, CdiVersion>();
for (const version of SUPPORTED_VERSIONS) orders.set(version, parseVersion(version) as CdiVersion);

// The versions in which something that this Core does has changed.
export const CDI_2_9: CdiVersion = 2009;
export const CDI_2_8: CdiVersion = 2008;
export const CDI_2_12: CdiVersion = 2012;
export const CDI_2_21: CdiVersion = 2021;
export const CDI_3_0: CdiVersion = 3000;
export const CDI_4_0: CdiVersion = 4000;
export const CDI_5_0: CdiVersion = 5000;
export const CDI_5_1: CdiVersion = 5001;
export const CDI_5_3: CdiVersion = 5003;
