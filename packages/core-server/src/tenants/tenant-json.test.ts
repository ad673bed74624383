import { describe, expect, it } from 'vitest';
import { NEW_TENANT, type TenantConfig } from './tenant-config.js';
import { tenantJson, tenantJsonV1 } from './tenant-json.js';
import type { Tenant } from './tenants.js';

const tenant = (config: Partial<TenantConfig>) => ({ id: 'eu', config: { ...NEW_TENANT.v2, ...config } }) as Tenant;

describe('the factors of a tenant', () => {
  const given = ['emailpassword', 'zzz', 'otp-phone', 'otp-email', 'link-phone', 'link-email'];
  const config = tenant({ firstFactors: given, requiredSecondaryFactors: ['totp', 'otp-email'] });
  const expected = {
    firstFactors: ['otp-email', 'emailpassword', 'link-phone', 'zzz', 'link-email', 'otp-phone'],
    requiredSecondaryFactors: ['totp', 'otp-email'],
  };

  it('are ordered as in the real Core, the second ones as given', () => {
    expect(tenantJson(config)).toMatchObject(expected);
    expect(tenantJsonV1(config, 5000)).toMatchObject(expected);
  });

  it('default to those of its recipes, in their order', () => {
    const enabled = { emailPassword: true, thirdParty: false, passwordless: true };
    expect(tenantJson(tenant({ enabled, firstFactors: null }))).toMatchObject({
      firstFactors: ['emailpassword', 'otp-email', 'otp-phone', 'link-email', 'link-phone'],
    });
  });
});
