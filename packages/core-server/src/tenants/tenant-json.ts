import { hashSetOrder } from '@supertokens-faunadb/java/hash-order';
import { CDI_5_0, type CdiVersion } from '../cdi/version.js';
import { factorsOf, isEnabled, isEnabledBeforeCdi5, RECIPE_NAMES, type TenantConfig } from './tenant-config.js';
import type { Tenant } from './tenants.js';
import { inResponseOrder } from './third-party-provider.js';

/** A tenant as `/recipe/multitenancy/…/v2` returns it. */
export function tenantJson({ id, config }: Tenant): object {
  const everythingIsOn = RECIPE_NAMES.every((recipe) => config.enabled[recipe]);
  const firstFactors =
    (config.firstFactors && hashSetOrder(config.firstFactors)) ?? (everythingIsOn ? null : factorsOf(config.enabled));
  return {
    tenantId: id,
    thirdParty: { providers: inResponseOrder(config.providers ?? []) },
    ...(firstFactors === null ? {} : { firstFactors }),
    ...requiredSecondaryFactors(config),
    coreConfig: config.coreConfig,
  };
}

/** A tenant as the paths without `/v2` return it to clients of `version`. */
export function tenantJsonV1({ id, config }: Tenant, version: CdiVersion): object {
  const isOld = version < CDI_5_0;
  const enabled = isOld ? isEnabledBeforeCdi5 : isEnabled;
  return {
    tenantId: id,
    emailPassword: { enabled: enabled(config, 'emailPassword') },
    thirdParty: { enabled: enabled(config, 'thirdParty'), providers: inResponseOrder(config.providers ?? []) },
    passwordless: { enabled: enabled(config, 'passwordless') },
    ...(isOld || !config.firstFactors?.length ? {} : { firstFactors: hashSetOrder(config.firstFactors) }),
    ...(isOld ? {} : requiredSecondaryFactors(config)),
    coreConfig: config.coreConfig,
  };
}

function requiredSecondaryFactors({ requiredSecondaryFactors: factors }: TenantConfig): object {
  return factors?.length ? { requiredSecondaryFactors: factors } : {};
}
