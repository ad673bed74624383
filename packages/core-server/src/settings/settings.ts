import { isSupported, parseVersion } from '../cdi/version.js';
import type { Json } from '../json/json.js';
import {
  ALIASES,
  DEFINITIONS,
  isSettingName,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  type SettingType,
} from './definitions.js';

/** A setting has a value that it cannot have; the message names it and says what was expected. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

/** What somebody chose: settings by name, the others left alone. */
export type ChosenSettings = { readonly [name: string]: Json | undefined };

/**
 * Lays choices over one another and over the initial values, the first in the list on top, and checks the result.
 *
 * @throws InvalidSetting for an unknown name, a value of another type, and values that cannot be together
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

/** The api keys that a client may use, or `undefined` where none is asked for. */
export function apiKeysOf(settings: Settings): string[] | undefined {
  return settings.api_keys?.replace(/\s/g, '').split(',');
}

function convert(name: SettingName, value: Json): string | number | boolean | null {
  const { type, initial } = DEFINITIONS[name];
  if (value === null) return initial;
  const converted = CONVERSIONS[type](value);
  if (converted === undefined)
    throw new InvalidSetting(`'${name}' must be of type ${type === 'string' ? 'String' : type}`);
  return converted;
}

const CONVERSIONS: { readonly [T in SettingType]: (value: Json) => string | number | boolean | undefined } = {
  string: (value) => (typeof value === 'object' ? undefined : String(value)),
  boolean: (value) => {
    const lower = typeof value === 'string' ? value.toLowerCase() : value;
    return lower === true || lower === 'true' ? true : lower === false || lower === 'false' ? false : undefined;
  },
  double: numberOf,
  int: integerOf,
  long: integerOf,
};

function numberOf(value: Json): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function integerOf(value: Json): number | undefined {
  const number = numberOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

const API_KEY = /^[A-Za-z0-9=-]*$/;
const POSITIVE: readonly [SettingName, string][] = [
  ['password_reset_token_lifetime', '>= 0'],
  ['email_verification_token_lifetime', '>= 0'],
  ['passwordless_code_lifetime', '> 0'],
  ['passwordless_max_code_input_attempts', '> 0'],
  ['totp_max_attempts', '> 0'],
  ['totp_rate_limit_cooldown_sec', '> 0'],
  ['max_server_pool_size', '>= 1'],
];

function check(settings: Settings): void {
  const require = (holds: boolean, message: string) => {
    if (!holds) throw new InvalidSetting(message);
  };
  const { access_token_validity: accessValidity, refresh_token_validity: refreshValidity } = settings;
  require(accessValidity >= 1 &&
    accessValidity <= 86_400_000, "'access_token_validity' must be between 1 and 86400000 seconds inclusive.");
  require(refreshValidity * 60 >
    accessValidity, "'refresh_token_validity' must be strictly greater than 'access_token_validity'.");
  require(settings.access_token_dynamic_signing_key_update_interval >=
    1, "'access_token_dynamic_signing_key_update_interval' must be greater than, equal to 1 hour.");
  for (const [name, bound] of POSITIVE) require(Number(settings[name]) > 0, `'${name}' must be ${bound}`);
  for (const key of apiKeysOf(settings) ?? []) {
    require(key.length >= 20, 'One of the API keys is too short. Please use at least 20 characters');
    require(API_KEY.test(
      key,
    ), "Invalid characters in API key. Please only use '=', '-' and alpha-numeric (including capitals)");
  }
  require(/^(argon2|bcrypt)$/i.test(
    settings.password_hashing_alg ?? '',
  ), "'password_hashing_alg' must be one of 'ARGON2' or 'BCRYPT'");
  require(!settings.base_path?.includes(' '), 'Invalid characters in base_path config');
  require(/^(none|debug|info|warn|error)$/i.test(
    settings.log_level ?? '',
  ), '\'log_level\' config must be one of "NONE","DEBUG", "INFO", "WARN" or "ERROR".');
  for (const name of ['ip_allow_regex', 'ip_deny_regex'] as const) {
    require(compiles(settings[name]), `Provided regular expression is invalid for ${name} config`);
  }
  const newest = checkVersion('supertokens_max_cdi_version', settings.supertokens_max_cdi_version);
  const oldest = checkVersion('supertokens_min_cdi_version', settings.supertokens_min_cdi_version);
  require(newest === undefined ||
    oldest === undefined ||
    oldest <= newest, 'supertokens_min_cdi_version must not be greater than supertokens_max_cdi_version');
}

function checkVersion(name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  const version = parseVersion(text);
  if (version === undefined) throw new InvalidSetting(`${name} is not a valid semantic version`);
  if (!isSupported(version)) throw new InvalidSetting(`${name} is not a supported version`);
  return version;
}

function compiles(expression: string | null): boolean {
  try {
    new RegExp(expression ?? '');
    return true;
  } catch {
    return false;
  }
}

function normaliseBasePath(path: string | null): string {
  const segments = (path ?? '').split('/').filter((segment) => segment !== '');
  return segments.map((segment) => `/${segment}`).join('');
}
