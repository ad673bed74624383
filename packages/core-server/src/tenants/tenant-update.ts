import { hashSetOrder } from '@supertokens-faunadb/java/hash-order';
import { CDI_5_0, type CdiVersion } from '../cdi/version.js';
import { BadRequest } from '../common/errors.js';
import { optionalBooleanField, optionalStringsField } from '../json/input.js';
import type { Json, JsonObject } from '../json/json.js';
import {
  factorsOf,
  isEnabled,
  isEnabledBeforeCdi5,
  RECIPE_NAMES,
  RECIPES,
  type Recipe,
  type TenantConfig,
} from './tenant-config.js';

/** A list of factors in a request: absent, taken back, or set. */
type Given = readonly string[] | null | undefined;

/**
 * What `config` becomes by a request to `/recipe/multitenancy/…/v2`.
 *
 * @throws BadRequest
 */
export function updateV2(config: TenantConfig, input: JsonObject): TenantConfig {
  for (const recipe of RECIPE_NAMES) {
    if (!Object.hasOwn(input, `${recipe}Enabled`)) continue;
    const called = recipe === 'emailPassword' ? 'emailPasswordEnabled' : recipe;
    throw new BadRequest(`${called} is not a valid input for this API`);
  }
  const first = factorsField(input, 'firstFactors');
  const second = factorsField(input, 'requiredSecondaryFactors');
  if (first === undefined && second === undefined) return config;
  const everything = Object.fromEntries(RECIPE_NAMES.map((recipe) => [recipe, true])) as TenantConfig['enabled'];
  const before = config.firstFactors ?? allOrSome(factorsOf(config.enabled));
  return {
    ...config,
    enabled: everything,
    firstFactors: first === undefined ? before : first,
    requiredSecondaryFactors: second === undefined ? config.requiredSecondaryFactors : second,
  };
}

/** What `config` becomes by a request to the paths without `/v2`. @throws BadRequest */
export function updateV1(config: TenantConfig, input: JsonObject, version: CdiVersion): TenantConfig {
  const flags = Object.fromEntries(
    RECIPE_NAMES.map((recipe) => [recipe, optionalBooleanField(input, `${recipe}Enabled`)]),
  ) as Flags;
  return version < CDI_5_0 ? switchRecipes(config, flags) : switchRecipesAndFactors(config, flags, input);
}

type Flags = Readonly<Record<Recipe, boolean | undefined>>;

// Up to CDI 4.0 there were only switches; what they mean for the factors that later versions see is worked out here.
function switchRecipes(config: TenantConfig, flags: Flags): TenantConfig {
  const enabled = { ...config.enabled };
  let factors = config.firstFactors === null ? null : new Set(config.firstFactors);
  for (const recipe of RECIPE_NAMES) {
    if (flags[recipe] !== true || isEnabledBeforeCdi5(config, recipe)) continue;
    enabled[recipe] = true;
    for (const factor of RECIPES[recipe]) factors?.add(factor);
  }
  const isOff = (recipe: Recipe) => !enabled[recipe] || flags[recipe] === false;
  if (RECIPE_NAMES.some(isOff)) {
    factors ??= new Set(RECIPE_NAMES.flatMap((recipe) => [...RECIPES[recipe]]));
    for (const recipe of RECIPE_NAMES.filter(isOff)) for (const factor of RECIPES[recipe]) factors.delete(factor);
  }
  return { ...config, enabled, firstFactors: factors === null ? null : [...factors] };
}

function switchRecipesAndFactors(config: TenantConfig, flags: Flags, input: JsonObject): TenantConfig {
  const first = nonEmptyFactorsField(input, 'firstFactors', 'first factors');
  const second = nonEmptyFactorsField(input, 'requiredSecondaryFactors', 'required secondary factors');
  refuseFactorsOfDisabled(flags, first, second);

  const turnsOn = RECIPE_NAMES.some((recipe) => flags[recipe] === true && !isEnabled(config, recipe));
  const isFresh = turnsOn && config.firstFactors?.length === 0;
  const enabled: Record<Recipe, boolean> = { ...config.enabled };
  for (const recipe of RECIPE_NAMES) enabled[recipe] = flags[recipe] ?? (isFresh ? false : enabled[recipe]);
  let firstFactors = isFresh ? null : config.firstFactors;
  let requiredSecondaryFactors = config.requiredSecondaryFactors;

  const disabled = new Set(
    RECIPE_NAMES.filter((recipe) => flags[recipe] === false).flatMap((recipe): readonly string[] => RECIPES[recipe]),
  );
  const withoutDisabled = (factors: readonly string[] | null) =>
    factors?.some((factor) => disabled.has(factor))
      ? hashSetOrder(factors).filter((factor) => !disabled.has(factor))
      : factors;
  if (first !== undefined) firstFactors = first;
  else {
    firstFactors = withoutDisabled(firstFactors);
    const isNew = (factor: string) =>
      RECIPE_NAMES.some((recipe) => (RECIPES[recipe] as readonly string[]).includes(factor) && !enabled[recipe]);
    // A recipe enabled as a second factor must not also become a first factor.
    if (firstFactors === null && second?.some(isNew)) firstFactors = allOrSome(factorsOf(enabled));
  }
  requiredSecondaryFactors = second === undefined ? withoutDisabled(requiredSecondaryFactors) : second;

  for (const recipe of RECIPE_NAMES) {
    const factors: readonly string[] = RECIPES[recipe];
    const used = [...(firstFactors ?? []), ...(requiredSecondaryFactors ?? [])];
    if (used.some((factor) => factors.includes(factor))) enabled[recipe] = true;
  }
  return { ...config, enabled, firstFactors, requiredSecondaryFactors };
}

function refuseFactorsOfDisabled(flags: Flags, first: Given, second: Given): void {
  for (const recipe of RECIPE_NAMES) {
    if (flags[recipe] !== false) continue;
    for (const [name, factors] of Object.entries({ firstFactors: first, requiredSecondaryFactors: second })) {
      const refused = RECIPES[recipe].find((factor) => factors?.includes(factor));
      if (refused === undefined) continue;
      throw new BadRequest(
        `Invalid core config: ${name} should not contain '${refused}' because ${recipe} is disabled for the tenant.`,
      );
    }
  }
}

/** @throws BadRequest unless every factor has a plain name */
export function checkFactorNames(config: TenantConfig): void {
  for (const name of ['firstFactors', 'requiredSecondaryFactors'] as const) {
    if (config[name]?.every((factor) => /^[0-9a-zA-Z_(.)-]+$/.test(factor)) ?? true) continue;
    throw new BadRequest(`${name} should contain only 0-9,a-z,A-Z,_,.,- characters`);
  }
}

/** Settings laid over settings; null takes one back. */
export function mergeCoreConfig(before: JsonObject, update: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(before));
  for (const [name, value] of Object.entries(update)) {
    if (value === null && merged.has(name)) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

function factorsField(input: JsonObject, field: string): Given {
  if (Object.hasOwn(input, field) && input[field] === null) return null;
  const factors = optionalStringsField(input, field);
  if (factors !== undefined && new Set(factors).size !== factors.length) {
    throw new BadRequest(`${field} input should not contain duplicate values`);
  }
  return factors;
}

function nonEmptyFactorsField(input: JsonObject, field: string, plural: string): Given {
  const factors = factorsField(input, field);
  if (factors?.length === 0) {
    throw new BadRequest(`${field} cannot be empty. Set null instead to remove all ${plural}.`);
  }
  return factors;
}

/** All factors there are count as no choice. */
function allOrSome(factors: readonly string[]): readonly string[] | null {
  return factors.length === RECIPE_NAMES.flatMap((recipe) => [...RECIPES[recipe]]).length ? null : factors;
}
