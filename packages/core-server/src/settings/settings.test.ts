import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { apiKeysOf, InvalidSetting, resolveSettings } from './settings.js';
import { settingsFromEnvironment, settingsFromFile } from './sources.js';

describe('settings', () => {
  it('default to those of the real Core', () => {
    expect(resolveSettings()).toMatchObject({
      access_token_validity: 3600,
      refresh_token_validity: 144_000,
      port: 3567,
    });
  });

  it('are merged, the first taking precedence and null meaning the initial value', () => {
    expect(resolveSettings({ access_token_validity: null }, { access_token_validity: 5, port: 1 })).toMatchObject({
      access_token_validity: 3600,
      port: 1,
    });
  });

  it('can be given as text, as in the environment', () => {
    const environment = { ACCESS_TOKEN_VALIDITY: '60', ACCESS_TOKEN_BLACKLISTING: 'TRUE', SUPERTOKENS_PORT: '4000' };
    expect(resolveSettings(settingsFromEnvironment(environment))).toMatchObject({
      access_token_validity: 60,
      access_token_blacklisting: true,
      port: 4000,
    });
  });

  it.each([
    [{ access_token_validity: 0 }, "'access_token_validity' must be between 1 and 86400000 seconds inclusive."],
    [{ access_token_validity: 1.5 }, "'access_token_validity' must be of type long"],
    [{ access_token_validity: 'soon' }, "'access_token_validity' must be of type long"],
    [{ access_token_blacklisting: 1 }, "'access_token_blacklisting' must be of type boolean"],
    [{ refresh_token_validity: 60 }, "'refresh_token_validity' must be strictly greater than 'access_token_validity'."],
    [{ api_keys: 'short' }, 'One of the API keys is too short. Please use at least 20 characters'],
    [{ api_keys: 'long-enough-but-not_plain' }, 'Invalid characters in API key.'],
    [{ ip_allow_regex: '(' }, 'Provided regular expression is invalid for ip_allow_regex config'],
    [{ supertokens_max_cdi_version: '9.9' }, 'supertokens_max_cdi_version is not a supported version'],
    [{ supertokens_max_cdi_version: '3.0', supertokens_min_cdi_version: '4.0' }, 'must not be greater'],
    [{ supertokens_max_cdi_version: '5' }, 'supertokens_max_cdi_version is not a supported version'],
    [{ api_keys: 'a key with spaces inside of it' }, 'Invalid characters in API key.'],
    [{ access_token_validity: '60.0' }, "'access_token_validity' must be of type long"],
    [{ totp_max_attempts: 3_000_000_000 }, "'totp_max_attempts' must be of type int"],
    [{ password_hashing_alg: 'argon2', argon2_memory_kb: 0 }, "'argon2_memory_kb' must be >= 1"],
    [{ password_hashing_alg: 'ARGON2', argon2_hashing_pool_size: 11 }, "must be <= 'max_server_pool_size'"],
    [{ bcrypt_log_rounds: 0 }, "'bcrypt_log_rounds' must be >= 1"],
    [{ max_server_pool_size: 0 }, "'max_server_pool_size' must be >= 1."],
    [{ bulk_migration_batch_size: 0 }, 'Provided bulk_migration_batch_size must be >= 1'],
    [{ webauthn_recover_account_token_lifetime: 0 }, 'Provided webauthn_recover_account_token_lifetime must be > 0'],
    [{ oauth_provider_admin_service_url: 'nowhere' }, 'oauth_provider_admin_service_url is not a valid URL'],
    [{ oauth_provider_admin_service_url: 'http://x' }, 'If any of the following is set, all of them has to be set'],
    [{ refresh_token_validity: '0x100000' }, "'refresh_token_validity' must be of type double"],
    [{ refresh_token_validity: 'Infinity' }, "'refresh_token_validity' must be of type double"],
    [{ core_config_version: null }, "'core_config_version' is not set in the config.yaml file."],
    [{ access_token_validity: 2 ** 60 }, "'access_token_validity' must be between"],
    [{ access_token_validity: 2 ** 63 }, "'access_token_validity' must be of type long"],
    [{ ip_allow_regex: 'a{' }, 'Provided regular expression is invalid for ip_allow_regex config'],
    [{ ip_deny_regex: '\\p{Alpha}' }, 'Provided regular expression is invalid for ip_deny_regex config'],
    [{ oauth_provider_admin_service_url: 'http://' }, 'If any of the following is set, all of them has to be set'],
    [{ oauth_provider_admin_service_url: 'jar:x' }, 'oauth_provider_admin_service_url is not a valid URL'],
    [{ oauth_provider_admin_service_url: 'http://a b' }, 'oauth_provider_admin_service_url is not a valid URL'],
    [{ oauth_provider_admin_service_url: 'x://y' }, 'oauth_provider_admin_service_url is not a valid URL'],
    [{ supertokens_saas_load_only_cud: 'a b' }, 'supertokens_saas_load_only_cud is invalid'],
    [
      { supertokens_saas_secret: 'x'.repeat(40) },
      'supertokens_saas_secret can only be used when api_key is also defined',
    ],
    [
      { api_keys: 'a-key-of-twenty-characters', supertokens_saas_secret: 'x'.repeat(39) },
      'supertokens_saas_secret is too short. Please use at least 40 characters',
    ],
    [
      { api_keys: 'a-key-of-twenty-characters', supertokens_saas_secret: ' '.repeat(40) },
      'Invalid characters in supertokens_saas_secret key.',
    ],
    [{ log_level: 'LOUD' }, "'log_level' config must be one of"],
    [{ acess_token_validity: 60 }, "unknown setting 'acess_token_validity'"],
  ])('%j are refused: %s', (chosen, message) => {
    expect(() => resolveSettings(chosen)).toThrow(InvalidSetting);
    expect(() => resolveSettings(chosen)).toThrow(message);
  });

  it('api_keys are separated by commas and may have a trailing one', () => {
    expect(
      apiKeysOf(resolveSettings({ api_keys: ' a-key-of-twenty-characters , another-key-of-this-core,,' })),
    ).toEqual(['a-key-of-twenty-characters', 'another-key-of-this-core']);
    expect(apiKeysOf(resolveSettings())).toBeUndefined();
  });

  it.each([
    [{ refresh_token_validity: '500d' }, { refresh_token_validity: 500 }],
    [{ refresh_token_validity: ' 5e2 ' }, { refresh_token_validity: 500 }],
    [{ saml_claims_validity: 2 ** 60 }, { saml_claims_validity: 2 ** 60 }],
    [{ supertokens_saas_load_only_cud: 'A.example:80' }, { supertokens_saas_load_only_cud: 'A.example:80' }],
    [{ bulk_migration_parallelism: null }, { bulk_migration_parallelism: availableParallelism() }],
  ])('%j may be', (chosen, settings) => expect(resolveSettings(chosen)).toMatchObject(settings));

  it('of one element in an array are the element', () => {
    expect(resolveSettings({ access_token_validity: [60], host: ['x'] })).toMatchObject({
      access_token_validity: 60,
      host: 'x',
    });
  });

  it.each([
    ['', ''],
    ['/', ''],
    ['some//path/', '/some/path'],
  ])('base_path %j is %j', (given, meant) => expect(resolveSettings({ base_path: given }).base_path).toBe(meant));
});

describe('a settings file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'core-settings-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string) => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, text);
    return file;
  };

  it('is read as the real Core reads its own', async () => {
    expect(await settingsFromFile(write('core_config_version: 0\n# port:\naccess_token_validity: 60\n'))).toEqual({
      core_config_version: 0,
      access_token_validity: 60,
    });
    expect(await settingsFromFile(write('# nothing\n'))).toEqual({});
  });

  it.each([
    ['a: [', 'is not YAML'],
    ['- a', "must contain settings, one 'name: value' per line"],
    ['acess: 1', "unknown setting 'acess'"],
    ['postgresql_user: me', 'is for a database of the real Core'],
  ])('%j is refused: %s', async (text, message) => {
    await expect(settingsFromFile(write(text))).rejects.toThrow(message);
  });

  it('that is not YAML does not show its secrets in the message', async () => {
    const read = settingsFromFile(write('api_keys: "a-secret-that-nobody-should-see'));
    await expect(read).rejects.toThrow('it is not YAML');
    await expect(read).rejects.not.toThrow('a-secret');
  });

  it('that is missing is named in the error', async () => {
    await expect(settingsFromFile('/no/such/file')).rejects.toThrow('/no/such/file');
  });
});
