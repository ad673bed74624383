import { trim } from '@supertokens-faunadb/java/text';
import { parseUrl } from '@supertokens-faunadb/java/url';
import { parseVersion, SUPPORTED_VERSIONS } from '../cdi/version.js';
import { single } from '../json/input.js';
import type { Json } from '../json/json.js';
import { compileAddressPattern } from './address-pattern.js';
import {
  ALIASES,
  DEFINITIONS,
  type Definition,
  isSettingName,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  type SettingType,
} from './definitions.js';

/** A setting has an invalid value. The message names the setting and says what was expected. */
export class InvalidSetting extends Error {
  /** The same for every error of this class. */
  override readonly name = 'InvalidSetting';
}

/** Settings given by an operator, an app or a tenant, by name. Absent ones are left unchanged. */
export type ChosenSettings = { readonly [name: string]: Json | undefined };

/**
 * Merges the choices with the initial values, the first choice taking precedence, and validates the result.
 *
 * @throws InvalidSetting for an unknown name, a value of the wrong type, or conflicting values
 */
export function resolveSettings(...choices: readonly ChosenSettings[]): Settings {
  const resolved = new Map<SettingName, string | number | boolean | null>();
  for (const chosen of choices) {
    for (const [given, value] of Object.entries(chosen)) {
      if (value === undefined) continue;
      const name = ALIASES[given] ?? given;
      if (!isSettingName(name)) throw new InvalidSetting(`unknown setting '${given}'`);
      if (!resolved.has(name)) resolved.set(name, convert(name, value));
    }
  }
  for (const name of SETTING_NAMES) {
    if (resolved.get(name) === undefined) resolved.set(name, DEFINITIONS[name].initial);
  }
  const settings = Object.fromEntries(resolved) as unknown as Settings;
  check(settings);
  return { ...settings, base_path: normaliseBasePath(settings.base_path) };
}

/** The api keys that a client may use; `undefined` when none is required. */
export function apiKeysOf({ api_keys: keys }: Settings): string[] | undefined {
  return keys === null ? undefined : keysBetweenCommas(keys);
}

// Trailing commas are ignored.
function keysBetweenCommas(keys: string): string[] {
  return keys
    .replace(/(?<=[^,]),+$/, '')
    .split(',')
    .map(trim);
}

function convert(name: SettingName, value: Json): string | number | boolean | null {
  const { type, initial, taken }: Definition = DEFINITIONS[name];
  if (value === null) return taken ?? initial;
  const converted = CONVERSIONS[type](value);
  if (converted === undefined)
    throw new InvalidSetting(`'${name}' must be of type ${type === 'string' ? 'String' : type}`);
  return converted;
}

// As in the fields of requests, an array of one element stands for the element, except for booleans.
const CONVERSIONS: { readonly [T in SettingType]: (value: Json) => string | number | boolean | undefined } = {
  string: (value) => {
    const inner = single(value);
    return typeof inner === 'object' ? undefined : String(inner);
  },
  boolean: (value) => {
    const lower = typeof value === 'string' ? value.toLowerCase() : value;
    return lower === true || lower === 'true' ? true : lower === false || lower === 'false' ? false : undefined;
  },
  double: numberOf,
  int: (value) => {
    const number = integerOf(value);
    return number !== undefined && (number | 0) === number ? number : undefined;
  },
  long: integerOf,
};

// Texts that Java parses as numbers.
const DOUBLE = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)[fd]?\s*$/i;

function numberOf(value: Json): number | undefined {
  const inner = single(value);
  const number = typeof inner === 'string' ? Number(DOUBLE.exec(inner)?.[1] ?? Number.NaN) : inner;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function integerOf(value: Json): number | undefined {
  const inner = single(value);
  if (typeof inner === 'string' && !/^[+-]?\d+$/.test(inner)) return undefined;
  const number = numberOf(inner);
  return Number.isInteger(number) && Math.abs(number as number) < 2 ** 63 ? number : undefined;
}

const API_KEY = /^[A-Za-z0-9=-]*$/;
const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?$/i;
const OAUTH_URLS = [
  'oauth_provider_public_service_url',
  'oauth_provider_admin_service_url',
  'oauth_provider_consent_login_base_url',
] as const;

// In the real Core's order: only the first of several mistakes is reported.
function check(settings: Settings): void {
  const require = (holds: boolean, message: string) => {
    if (!holds) throw new InvalidSetting(message);
  };
  const requirePositive = (name: SettingName, bound: string) =>
    require(Number(settings[name]) > 0, `'${name}' must be ${bound}`);
  require(settings.core_config_version !==
    -1, "'core_config_version' is not set in the config.yaml file. Please redownload and install SuperTokens");
  const { access_token_validity: accessValidity, refresh_token_validity: refreshValidity } = settings;
  require(accessValidity >= 1 &&
    accessValidity <= 86_400_000, "'access_token_validity' must be between 1 and 86400000 seconds inclusive.");
  require(refreshValidity * 60 >
    accessValidity, "'refresh_token_validity' must be strictly greater than 'access_token_validity'.");
  require(settings.access_token_dynamic_signing_key_update_interval >=
    1, "'access_token_dynamic_signing_key_update_interval' must be greater than, equal to 1 hour.");
  requirePositive('password_reset_token_lifetime', '>= 0');
  requirePositive('email_verification_token_lifetime', '>= 0');
  requirePositive('passwordless_code_lifetime', '> 0');
  requirePositive('passwordless_max_code_input_attempts', '> 0');
  requirePositive('totp_max_attempts', '> 0');
  requirePositive('totp_rate_limit_cooldown_sec', '> 0');
  requirePositive('max_server_pool_size', '>= 1.');
  for (const key of apiKeysOf(settings) ?? []) {
    require(key.length >= 20, 'One of the API keys is too short. Please use at least 20 characters');
    require(API_KEY.test(
      key,
    ), "Invalid characters in API key. Please only use '=', '-' and alpha-numeric (including capitals)");
  }
  const { supertokens_saas_secret: secret } = settings;
  if (secret !== null) {
    require(settings.api_keys !== null, 'supertokens_saas_secret can only be used when api_key is also defined');
    require(secret.length >= 40, 'supertokens_saas_secret is too short. Please use at least 40 characters');
    require(API_KEY.test(
      secret,
    ), "Invalid characters in supertokens_saas_secret key. Please only use '=', '-' and alpha-numeric (including capitals)");
  }
  const algorithm = (settings.password_hashing_alg ?? '').toUpperCase();
  require(algorithm === 'ARGON2' ||
    algorithm === 'BCRYPT', "'password_hashing_alg' must be one of 'ARGON2' or 'BCRYPT'");
  if (algorithm === 'ARGON2') {
    requirePositive('argon2_iterations', '>= 1');
    requirePositive('argon2_parallelism', '>= 1');
    requirePositive('argon2_memory_kb', '>= 1');
    requirePositive('argon2_hashing_pool_size', '>= 1');
    require(settings.argon2_hashing_pool_size <=
      settings.max_server_pool_size, "'argon2_hashing_pool_size' must be <= 'max_server_pool_size'");
  } else requirePositive('bcrypt_log_rounds', '>= 1');
  require(!settings.base_path?.includes(' '), 'Invalid characters in base_path config');
  require(/^(none|debug|info|warn|error)$/i.test(
    settings.log_level ?? '',
  ), '\'log_level\' config must be one of "NONE","DEBUG", "INFO", "WARN" or "ERROR".');
  for (const name of ['ip_allow_regex', 'ip_deny_regex'] as const) {
    require(compileAddressPattern(settings[name] ?? '') !==
      undefined, `Provided regular expression is invalid for ${name} config`);
  }
  const newest = checkVersion('supertokens_max_cdi_version', settings.supertokens_max_cdi_version);
  const oldest = checkVersion('supertokens_min_cdi_version', settings.supertokens_min_cdi_version);
  require(newest === undefined ||
    oldest === undefined ||
    oldest <= newest, 'supertokens_min_cdi_version must not be greater than supertokens_max_cdi_version');
  require(settings.bulk_migration_parallelism >= 1, 'Provided bulk_migration_parallelism must be >= 1');
  require(settings.bulk_migration_batch_size >= 1, 'Provided bulk_migration_batch_size must be >= 1');
  require(settings.webauthn_recover_account_token_lifetime >
    0, 'Provided webauthn_recover_account_token_lifetime must be > 0');
  const { supertokens_saas_load_only_cud: domain } = settings;
  require(domain === null || DOMAIN.test(trim(domain)), 'supertokens_saas_load_only_cud is invalid');
  for (const name of [...OAUTH_URLS, 'oauth_provider_url_configured_in_oauth_provider'] as const) {
    require(settings[name] === null || isUrl(settings[name]), `${name} is not a valid URL`);
  }
  const set = OAUTH_URLS.filter((name) => settings[name] !== null);
  require(set.length === 0 ||
    set.length ===
      OAUTH_URLS.length, `If any of the following is set, all of them has to be set: ${OAUTH_URLS.join(', ')}`);
}

function checkVersion(name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  const version = parseVersion(text);
  if (version === undefined) throw new InvalidSetting(`${name} is not a valid semantic version`);
  if (!SUPPORTED_VERSIONS.includes(text)) throw new InvalidSetting(`${name} is not a supported version`);
  return version;
}

/** Characters that a URL may contain only escaped. */
const UNESCAPED = /[\s"<>\\^`{|}]/;

function isUrl(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && !UNESCAPED.test(url.authority);
}

function normaliseBasePath(path: string | null): string {
  const segments = (path ?? '').split('/').filter((segment) => segment !== '');
  return segments.map((segment) => `/${segment}`).join('');
}
