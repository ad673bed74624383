import type { JsonObject } from '../json/json.js';
import type { ThirdPartyProvider } from './third-party-provider.js';

/** The login recipes that a tenant can have, with the factors that each stands for. */
export const RECIPES = {
  emailPassword: ['emailpassword'],
  thirdParty: ['thirdparty'],
  passwordless: ['otp-phone', 'otp-email', 'link-phone', 'link-email'],
} as const satisfies Record<string, readonly string[]>;

export type Recipe = keyof typeof RECIPES;
export const RECIPE_NAMES = Object.keys(RECIPES) as Recipe[];

/** The configuration of an app or a tenant. The Core stores the factors for SDKs and does not enforce them. */
export interface TenantConfig {
  readonly enabled: Readonly<Record<Recipe, boolean>>;
  /** `null`: all that are enabled. */
  readonly firstFactors: readonly string[] | null;
  readonly requiredSecondaryFactors: readonly string[] | null;
  /** The third parties by which users log in, as SDKs get them. */
  readonly providers?: readonly ThirdPartyProvider[];
  /** Settings of its own, by their names in config.yaml. */
  readonly coreConfig: JsonObject;
}

const all = (enabled: boolean): TenantConfig['enabled'] => ({
  emailPassword: enabled,
  thirdParty: enabled,
  passwordless: enabled,
});

/** The public tenant of a new app: everything is enabled. */
export const PUBLIC_TENANT: TenantConfig = {
  enabled: all(true),
  firstFactors: null,
  requiredSecondaryFactors: null,
  coreConfig: {},
};

/** Another new tenant, by the interface that makes it: no factor is. */
export const NEW_TENANT = {
  v2: { ...PUBLIC_TENANT, firstFactors: [] },
  v1: { ...PUBLIC_TENANT, enabled: all(false) },
  beforeCdi5: { ...PUBLIC_TENANT, enabled: all(false), firstFactors: [] },
} as const satisfies Record<string, TenantConfig>;

/** The factors of all enabled recipes, those by email before those by phone, as answers list them. */
export function factorsOf(enabled: TenantConfig['enabled']): string[] {
  const { emailPassword, thirdParty } = RECIPES;
  const passwordless = ['otp-email', 'otp-phone', 'link-email', 'link-phone'];
  const factors = { emailPassword, thirdParty, passwordless };
  return RECIPE_NAMES.filter((recipe) => enabled[recipe]).flatMap((recipe) => factors[recipe]);
}

export function isEnabled(config: TenantConfig, recipe: Recipe): boolean {
  return config.enabled[recipe] && config.firstFactors?.length !== 0;
}

/** Before CDI 5.0 a recipe was on or off, and one without a first factor is off. */
export function isEnabledBeforeCdi5(config: TenantConfig, recipe: Recipe): boolean {
  const { firstFactors } = config;
  const factors: readonly string[] = RECIPES[recipe];
  return config.enabled[recipe] && (firstFactors === null || firstFactors.some((factor) => factors.includes(factor)));
}
