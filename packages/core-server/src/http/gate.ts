import { trim } from '@supertokens-faunadb/java/text';
import { type CdiVersion, LATEST_VERSION, parseVersion, SUPPORTED_VERSIONS } from '../cdi/version.js';
import { BadRequest, InvalidApiKey } from '../common/errors.js';
import { isSameSecret } from '../common/secrets.js';
import { compileAddressPattern } from '../settings/address-pattern.js';
import type { Settings } from '../settings/definitions.js';
import { apiKeysOf } from '../settings/settings.js';

/** The headers that decide whether a request is allowed. */
export interface Credentials {
  readonly 'api-key'?: string | string[] | undefined;
  readonly authorization?: string | undefined;
  readonly 'cdi-version'?: string | string[] | undefined;
}

/**
 * Checks that a request carries one of the app's api keys, if it has any, or the operator's secret: in the header `api-key`
 * or, if that is absent, in `authorization`, with or without `Bearer`.
 *
 * @throws InvalidApiKey
 */
export function checkApiKey(headers: Credentials, settings: Settings): void {
  const keys = apiKeysOf(settings);
  if (keys === undefined) return;
  const { supertokens_saas_secret: secret } = settings;
  if (secret !== null) keys.push(secret);
  const sent = apiKeyOf(headers);
  // Every key is compared, so that timing does not reveal which one matched.
  if (sent === undefined || keys.filter((key) => isSameSecret(key, trim(sent))).length === 0) throw new InvalidApiKey();
}

/** Whether a client may change protected settings: any client, unless a secret is set for that. */
export function mayChangeProtected(headers: Credentials, { supertokens_saas_secret: secret }: Settings): boolean {
  return secret === null || isSameSecret(secret, apiKeyOf(headers) ?? '');
}

function apiKeyOf(headers: Credentials): string | undefined {
  return headers['api-key']?.toString() ?? headers.authorization?.replace(/^bearer /i, '');
}

/**
 * The interface version that a client names, which may not exist; the newest if it names none.
 *
 * @param settings of the app; `undefined` if the app does not exist
 * @throws BadRequest
 */
export function versionOf(headers: Credentials, settings: Settings | undefined): CdiVersion {
  const sent = headers['cdi-version']?.toString();
  const newest = parseVersion(settings?.supertokens_max_cdi_version ?? LATEST_VERSION) as CdiVersion;
  if (sent === undefined) return newest;
  const version = parseVersion(sent);
  if (version === undefined) throw new BadRequest('cdi-version header is invalid');
  if (version > newest) throw new BadRequest(`cdi-version ${sent} not supported`);
  const least = settings?.supertokens_min_cdi_version ?? undefined;
  if (least !== undefined && version < (parseVersion(least) as CdiVersion)) {
    throw new BadRequest(`cdi-version ${sent} is lower than the minimum allowed version ${least}`);
  }
  return version;
}

/** @throws BadRequest when the named version is unknown or not in its usual form (`5.04`, `5.4.0`) */
export function checkVersion(headers: Credentials): void {
  const sent = headers['cdi-version']?.toString();
  if (sent !== undefined && !SUPPORTED_VERSIONS.includes(sent))
    throw new BadRequest(`cdi-version ${sent} not supported`);
}

/** Whether the settings allow a client's address. An expression must match the whole address, in one of its notations. */
export function isAddressAllowed(address: string, settings: Settings): boolean {
  const { allow, deny } = filterOf(settings);
  if (allow === undefined && deny === undefined) return true;
  const notations = notationsOf(address);
  const matches = (pattern: RegExp) => notations.some((notation) => pattern.test(notation));
  return !(deny && matches(deny)) && (!allow || matches(allow));
}

interface Filter {
  readonly allow: RegExp | undefined;
  readonly deny: RegExp | undefined;
}

const filters = new WeakMap<Settings, Filter>();

function filterOf(settings: Settings): Filter {
  let filter = filters.get(settings);
  if (filter === undefined) {
    const compile = (expression: string | null) => {
      const trimmed = trim(expression ?? '');
      return trimmed === '' ? undefined : compileAddressPattern(trimmed);
    };
    filter = { allow: compile(settings.ip_allow_regex), deny: compile(settings.ip_deny_regex) };
    filters.set(settings, filter);
  }
  return filter;
}

function notationsOf(address: string): string[] {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return [mapped];
  return address === '::1' ? ['::1', '0:0:0:0:0:0:0:1'] : [address];
}
