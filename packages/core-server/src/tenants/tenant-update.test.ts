import { describe, expect, it } from 'vitest';
import { CDI_4_0, CDI_5_0 } from '../cdi/version.js';
import type { JsonObject } from '../json/json.js';
import { NEW_TENANT, PUBLIC_TENANT, type TenantConfig } from './tenant-config.js';
import { mergeCoreConfig, updateV1, updateV2 } from './tenant-update.js';

const passwordless = ['otp-phone', 'otp-email', 'link-phone', 'link-email'];
const flags = (emailPassword: boolean, thirdParty: boolean, isPasswordless: boolean) => ({
  emailPassword,
  thirdParty,
  passwordless: isPasswordless,
});

describe('the paths with /v2', () => {
  it.each<[string, TenantConfig, JsonObject, Partial<TenantConfig>]>([
    ['nothing is said', NEW_TENANT.v2, {}, { firstFactors: [] }],
    ['factors are set', NEW_TENANT.v2, { firstFactors: ['emailpassword'] }, { firstFactors: ['emailpassword'] }],
    ['factors are taken back', NEW_TENANT.v2, { firstFactors: null }, { firstFactors: null }],
    [
      'only second factors are set, on a tenant that had switches',
      { ...NEW_TENANT.v1, enabled: flags(true, false, false) },
      { requiredSecondaryFactors: ['totp'] },
      { enabled: flags(true, true, true), firstFactors: ['emailpassword'], requiredSecondaryFactors: ['totp'] },
    ],
  ])('%s', (_, before, input, after) => expect(updateV2(before, input)).toEqual({ ...before, ...after }));

  it('have no switches', () => {
    expect(() => updateV2(NEW_TENANT.v2, { thirdPartyEnabled: true })).toThrow('thirdParty is not a valid input');
  });
});

describe('the older paths, from CDI 5.0 on', () => {
  const update = (before: TenantConfig, input: JsonObject) => updateV1(before, input, CDI_5_0);

  it.each<[string, TenantConfig, JsonObject, Partial<TenantConfig>]>([
    ['a recipe is switched on', NEW_TENANT.v1, { emailPasswordEnabled: true }, { enabled: flags(true, false, false) }],
    [
      'the first recipe of a tenant without factors',
      NEW_TENANT.v2,
      { thirdPartyEnabled: true },
      { enabled: flags(false, true, false), firstFactors: null },
    ],
    [
      'a factor brings its recipe',
      NEW_TENANT.v1,
      { firstFactors: ['otp-email'] },
      { enabled: flags(false, false, true), firstFactors: ['otp-email'] },
    ],
    [
      'a recipe that goes takes its factors along',
      {
        ...PUBLIC_TENANT,
        firstFactors: ['emailpassword', 'thirdparty'],
        requiredSecondaryFactors: ['emailpassword', 'totp'],
      },
      { emailPasswordEnabled: false },
      { enabled: flags(false, true, true), firstFactors: ['thirdparty'], requiredSecondaryFactors: ['totp'] },
    ],
    [
      'a recipe that comes in as a second factor becomes no first one',
      { ...NEW_TENANT.v1, enabled: flags(true, false, false) },
      { requiredSecondaryFactors: ['otp-email'] },
      { enabled: flags(true, false, true), firstFactors: ['emailpassword'], requiredSecondaryFactors: ['otp-email'] },
    ],
  ])('%s', (_, before, input, after) => expect(update(before, input)).toEqual({ ...before, ...after }));

  it.each<[JsonObject, string]>([
    [{ firstFactors: [] }, 'firstFactors cannot be empty. Set null instead to remove all first factors.'],
    [{ firstFactors: ['a', 'a'] }, 'firstFactors input should not contain duplicate values'],
    [
      { emailPasswordEnabled: false, firstFactors: ['emailpassword'] },
      "firstFactors should not contain 'emailpassword' because emailPassword is disabled for the tenant.",
    ],
  ])('refuse %j', (input, message) => expect(() => update(PUBLIC_TENANT, input)).toThrow(message));
});

describe('the older paths, before CDI 5.0', () => {
  const update = (before: TenantConfig, input: JsonObject) => updateV1(before, input, CDI_4_0);

  it.each<[string, TenantConfig, JsonObject, Partial<TenantConfig>]>([
    [
      'a recipe is switched on',
      NEW_TENANT.beforeCdi5,
      { passwordlessEnabled: true },
      { enabled: flags(false, false, true), firstFactors: passwordless },
    ],
    [
      'a recipe is switched off where there was no choice',
      PUBLIC_TENANT,
      { thirdPartyEnabled: false },
      { firstFactors: ['emailpassword', ...passwordless] },
    ],
  ])('%s', (_, before, input, after) => expect(update(before, input)).toEqual({ ...before, ...after }));
});

it('merges settings, null removing one', () => {
  expect(mergeCoreConfig({ a: 1, b: 2 }, { a: null, c: 3 })).toEqual({ b: 2, c: 3 });
});
