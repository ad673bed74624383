import type { SettingName } from './definitions.js';

/** The settings that the dashboard shows for a tenant, with the descriptions that the interface returns. */
export const DESCRIPTIONS: Readonly<Partial<Record<SettingName, string>>> = {
  password_hashing_alg: 'The password hashing algorithm to use. Values are "ARGON2" | "BCRYPT". (Default: BCRYPT)',
  refresh_token_validity: 'Time in mins for how long a refresh token is valid for. [Default: 60 * 2400 (100 days)]',
  access_token_dynamic_signing_key_update_interval:
    'Time in hours for how frequently the dynamic signing key will change. [Default: 168 (1 week)]',
  bulk_migration_parallelism:
    'If specified, the supertokens core will use the specified number of threads to complete the migration of users. (Default: number of available processor cores).',
  saml_claims_validity: 'Duration for which SAML claims will be valid before it is consumed',
  saml_relay_state_validity: 'Duration for which SAML relay state will be valid before it is consumed',
  access_token_validity: 'Time in seconds for how long an access token is valid for. [Default: 3600 (1 hour)]',
  password_reset_token_lifetime:
    'Time in milliseconds for how long a password reset token / link is valid for. [Default: 3600000 (1 hour)]',
  webauthn_recover_account_token_lifetime:
    'Time in milliseconds for how long a webauthn account recovery token is valid for. [Default: 3600000 (1 hour)]',
  passwordless_max_code_input_attempts:
    'The maximum number of code input attempts per login before the user needs to restart. (Default: 5)',
  totp_max_attempts: 'The maximum number of invalid TOTP attempts that will trigger rate limiting. (Default: 5)',
  bulk_migration_batch_size:
    'If specified, the supertokens core will load the specified number of users for migrating in one single batch. (Default: 8000)',
  email_verification_token_lifetime:
    'Time in milliseconds for how long an email verification token / link is valid for. [Default: 24 * 3600 * 1000 (1 day)]',
  totp_rate_limit_cooldown_sec:
    'The time in seconds for which the user will be rate limited once totp_max_attempts is crossed. [Default: 900 (15 mins)]',
  passwordless_code_lifetime:
    'Time in milliseconds for how long a passwordless code is valid for. [Default: 900000 (15 mins)]',
  disable_telemetry:
    'Learn more about Telemetry here: https://github.com/supertokens/supertokens-core/wiki/Telemetry. (Default: false)',
  ip_allow_regex:
    'Regex for allowing requests from IP addresses that match with the value. For example, use the value of 127\\.\\d+\\.\\d+\\.\\d+|::1|0:0:0:0:0:0:0:1 to allow only localhost to query the core',
  ip_deny_regex:
    'Regex for denying requests from IP addresses that match with the value. Comment this value to deny no IP address.',
  saml_sp_entity_id: "Service provider's entity ID",
  firebase_password_hashing_signer_key: 'The signer key used for firebase scrypt password hashing. (Default: null)',
};
