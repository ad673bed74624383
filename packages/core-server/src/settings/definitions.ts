import { availableParallelism } from 'node:os';

/**
 * Who may set a setting: only the operator; an app, for all its tenants; or each tenant. Settings that a later release of the
 * real Core added (`later`) belong to the operator, and apps and tenants do not know them.
 */
export type Scope = 'core' | 'app' | 'tenant' | 'later';

export type SettingType = 'string' | 'boolean' | 'int' | 'long' | 'double';

export interface Definition {
  readonly type: SettingType;
  readonly scope: Scope;
  /** The environment variable that sets it. Default: the name in upper case. */
  readonly variable?: string;
  readonly initial: string | number | boolean | null;
  /** The value that null stands for. Default: the initial value. */
  readonly taken?: number;
  /** What it does. A setting without help is validated but has no effect, so that a real Core's config.yaml works here. */
  readonly help?: string;
}

/**
 * The settings of the real Core, by their names in its config.yaml, in the order in which it compares and names them.
 *
 * @see https://supertokens.com/docs/deployment/self-hosting/configuration
 */
export const DEFINITIONS = {
  core_config_version: { type: 'int', scope: 'tenant', initial: 0, taken: -1 },
  access_token_validity: {
    type: 'long',
    scope: 'app',
    initial: 3600,
    help: 'seconds that an access token is valid',
  },
  access_token_blacklisting: {
    type: 'boolean',
    scope: 'app',
    initial: false,
    help: 'clients of CDI 2.20 and older: look every session up in the database',
  },
  refresh_token_validity: {
    type: 'double',
    scope: 'app',
    initial: 144_000,
    help: 'minutes after which a session expires unless it is refreshed',
  },
  password_reset_token_lifetime: {
    type: 'long',
    scope: 'tenant',
    initial: 3_600_000,
    help: 'milliseconds that a token lets a user set a new password',
  },
  email_verification_token_lifetime: {
    type: 'long',
    scope: 'tenant',
    initial: 86_400_000,
    help: 'milliseconds that a token verifies an email',
  },
  passwordless_max_code_input_attempts: {
    type: 'int',
    scope: 'tenant',
    initial: 5,
    help: 'wrong passwordless codes after which a device is refused',
  },
  passwordless_code_lifetime: {
    type: 'long',
    scope: 'tenant',
    initial: 900_000,
    help: 'milliseconds that a passwordless code or link is valid',
  },
  totp_max_attempts: {
    type: 'int',
    scope: 'tenant',
    initial: 5,
    help: 'wrong TOTP codes in a row after which codes are refused for a while',
  },
  totp_rate_limit_cooldown_sec: {
    type: 'int',
    scope: 'tenant',
    initial: 900,
    help: 'seconds for which TOTP codes are refused after too many wrong ones',
  },
  info_log_path: { type: 'string', scope: 'core', initial: null, help: 'file for the log, null for standard output' },
  error_log_path: { type: 'string', scope: 'core', initial: null, help: 'file for errors, null for standard error' },
  access_token_signing_key_dynamic: {
    type: 'boolean',
    scope: 'app',
    initial: true,
    help: 'clients of CDI 2.20 and older: sign with the key that rotates',
  },
  access_token_dynamic_signing_key_update_interval: {
    type: 'double',
    scope: 'app',
    initial: 168,
    help: 'hours after which the dynamic signing key is replaced',
  },
  port: { type: 'int', scope: 'core', variable: 'SUPERTOKENS_PORT', initial: 3567, help: 'port to listen on' },
  host: {
    type: 'string',
    scope: 'core',
    variable: 'SUPERTOKENS_HOST',
    initial: 'localhost',
    help: 'address to listen on',
  },
  max_server_pool_size: { type: 'int', scope: 'core', initial: 10 },
  api_keys: {
    type: 'string',
    scope: 'app',
    initial: null,
    help: 'keys separated by commas; clients must send one of them; each at least 20 characters of A-Z a-z 0-9 = -',
  },
  disable_telemetry: { type: 'boolean', scope: 'app', initial: false },
  password_hashing_alg: {
    type: 'string',
    scope: 'app',
    initial: 'BCRYPT',
    help: 'BCRYPT or ARGON2, for new passwords; hashes of either are checked',
  },
  argon2_iterations: {
    type: 'int',
    scope: 'core',
    initial: 1,
    help: 'passes over its memory that an argon2 hash takes',
  },
  argon2_memory_kb: { type: 'int', scope: 'core', initial: 87_795, help: 'KiB of memory that an argon2 hash takes' },
  argon2_parallelism: { type: 'int', scope: 'core', initial: 2, help: 'lanes of an argon2 hash' },
  argon2_hashing_pool_size: { type: 'int', scope: 'core', initial: 1, help: 'argon2 hashes computed at once' },
  firebase_password_hashing_pool_size: {
    type: 'int',
    scope: 'core',
    initial: 1,
    help: 'Firebase hashes computed at once',
  },
  bcrypt_log_rounds: { type: 'int', scope: 'core', initial: 11, help: 'cost of bcrypt hashes, as a power of two' },
  webserver_https_enabled: { type: 'boolean', scope: 'core', initial: false },
  base_path: { type: 'string', scope: 'core', initial: '', help: 'prefix of every path' },
  log_level: { type: 'string', scope: 'core', initial: 'INFO', help: 'DEBUG, INFO, WARN, ERROR or NONE' },
  firebase_password_hashing_signer_key: {
    type: 'string',
    scope: 'app',
    initial: null,
    help: 'signer key of the Firebase project whose password hashes are imported',
  },
  ip_allow_regex: {
    type: 'string',
    scope: 'tenant',
    initial: null,
    help: 'regular expression for client addresses to allow',
  },
  ip_deny_regex: {
    type: 'string',
    scope: 'tenant',
    initial: null,
    help: 'regular expression for client addresses to deny',
  },
  oauth_provider_public_service_url: { type: 'string', scope: 'app', initial: null },
  oauth_provider_admin_service_url: { type: 'string', scope: 'app', initial: null },
  oauth_provider_consent_login_base_url: { type: 'string', scope: 'app', initial: null },
  oauth_provider_url_configured_in_oauth_provider: { type: 'string', scope: 'app', initial: null },
  oauth_client_secret_encryption_key: { type: 'string', scope: 'core', initial: null },
  supertokens_saas_secret: {
    type: 'string',
    scope: 'core',
    initial: null,
    help: 'another api key, at least 40 characters long; only clients that send it may change protected settings',
  },
  supertokens_max_cdi_version: {
    type: 'string',
    scope: 'app',
    initial: null,
    help: 'newest CDI version to support; also the version for clients that name none',
  },
  supertokens_saas_load_only_cud: { type: 'string', scope: 'core', initial: null },
  saml_legacy_acs_url: { type: 'string', scope: 'app', initial: null },
  saml_sp_entity_id: { type: 'string', scope: 'tenant', initial: null },
  saml_claims_validity: { type: 'long', scope: 'tenant', initial: 300_000 },
  saml_relay_state_validity: { type: 'long', scope: 'tenant', initial: 300_000 },
  bulk_migration_parallelism: { type: 'int', scope: 'app', initial: availableParallelism() },
  bulk_migration_batch_size: { type: 'int', scope: 'app', initial: 8000 },
  webauthn_recover_account_token_lifetime: {
    type: 'long',
    scope: 'app',
    initial: 3_600_000,
    help: 'milliseconds that a token lets a user register another WebAuthn credential',
  },
  otel_collector_connection_uri: { type: 'string', scope: 'core', initial: null },
  deadlock_logger_enable: { type: 'boolean', scope: 'core', initial: false },
  supertokens_min_cdi_version: { type: 'string', scope: 'later', initial: null, help: 'oldest CDI version to support' },
  bulk_migration_sleep_between_rounds_in_batch_ms: { type: 'int', scope: 'later', initial: 1000 },
} as const satisfies Record<string, Definition>;

/** The name of a setting, as in the real Core's config.yaml. */
export type SettingName = keyof typeof DEFINITIONS;

type ValueOf<T extends SettingType> = T extends 'string' ? string | null : T extends 'boolean' ? boolean : number;

/** A value for every setting. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof DEFINITIONS)[Name]['type']> };

/** Settings of apps and tenants that, if `supertokens_saas_secret` is set, only a client that sends it may change. */
export const PROTECTED: readonly SettingName[] = [
  'ip_allow_regex',
  'ip_deny_regex',
  'oauth_provider_public_service_url',
  'oauth_provider_admin_service_url',
  'oauth_provider_consent_login_base_url',
  'oauth_provider_url_configured_in_oauth_provider',
  'saml_legacy_acs_url',
];

/** Names that older releases of the real Core used. */
export const ALIASES: Readonly<Record<string, SettingName>> = {
  access_token_signing_key_update_interval: 'access_token_dynamic_signing_key_update_interval',
};

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(DEFINITIONS, name);
}

export const SETTING_NAMES = Object.keys(DEFINITIONS) as SettingName[];

/** The environment variable of a setting. */
export function variableOf(name: SettingName): string {
  const { variable }: Definition = DEFINITIONS[name];
  return variable ?? name.toUpperCase();
}
