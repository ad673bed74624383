import { randomUUID } from 'node:crypto';
import { trim } from '@supertokens-faunadb/java/text';
import { isObject, type Json, type JsonObject } from '../../json/json.js';
import { checkHash, type HashingAlgorithm, SignerKeyMissing, UnsupportedHash } from '../../passwords/passwords.js';
import type { Tenant } from '../../tenants/tenants.js';
import type { ThirdPartyInfo } from '../../users/login-method.js';

/** A login method as it is imported. */
export interface ImportedMethod {
  /** The id that it will have. */
  readonly id: string;
  readonly recipe: 'emailpassword' | 'thirdparty' | 'passwordless';
  readonly tenantIds: readonly string[];
  readonly isVerified: boolean;
  readonly isPrimary: boolean;
  readonly timeJoined: number;
  readonly email?: string;
  readonly phoneNumber?: string;
  readonly thirdParty?: ThirdPartyInfo;
  readonly passwordHash?: string;
  readonly hashingAlgorithm?: string;
  readonly plainTextPassword?: string;
}

export interface ImportedTotpDevice {
  readonly secretKey: string;
  readonly period: number;
  readonly skew: number;
  readonly deviceName?: string;
}

/** A user as one is imported, with all that comes along. */
export interface ImportedUser {
  readonly externalUserId?: string;
  readonly userMetadata?: JsonObject;
  readonly userRoles?: readonly { readonly role: string; readonly tenantIds: readonly string[] }[];
  readonly totpDevices?: readonly ImportedTotpDevice[];
  readonly loginMethods: readonly ImportedMethod[];
}

/** What an import is checked against. */
export interface ImportContext {
  readonly app: Tenant;
  readonly tenants: readonly Tenant[];
  readonly roles: readonly string[];
  /** Those of the users that are imported with this one; each is added. */
  readonly externalUserIds: Set<string>;
  /** Whether users have waited, with the ids that they were given then. */
  readonly keepsIds: boolean;
  readonly normaliseEmail: (email: string) => string;
  readonly normalisePhoneNumber: (phoneNumber: string) => string;
}

/** The login method that the user will have the id from: the one that is marked, or else the oldest. */
export function primaryMethod({ loginMethods }: ImportedUser): ImportedMethod {
  const oldest = [...loginMethods].sort((one, other) => one.timeJoined - other.timeJoined)[0];
  return loginMethods.find(({ isPrimary }) => isPrimary) ?? (oldest as ImportedMethod);
}

const MAX_ID = 128;
const MAX_NAME = 255;
const MAX_TEXT = 256;
const MAX_THIRD_PARTY_ID = 28;
const USUAL_PERIOD = 30;
const USUAL_SKEW = 1;
const RECIPES: readonly string[] = ['emailpassword', 'thirdparty', 'passwordless'];

/** Reads a user to import. @returns all errors, if any, in the real Core's words */
export function readImportedUser(input: JsonObject, context: ImportContext): ImportedUser | { errors: string[] } {
  const errors: string[] = [];
  const user = new Reading(errors, context).user(input);
  return errors.length > 0 ? { errors } : user;
}

class Reading {
  readonly #errors: string[];
  readonly #context: ImportContext;

  constructor(errors: string[], context: ImportContext) {
    this.#errors = errors;
    this.#context = context;
  }

  user(input: JsonObject): ImportedUser {
    const given = text(this.#errors, input, 'externalUserId', '.');
    const userMetadata = object(this.#errors, input, 'userMetadata', '.');
    const userRoles = this.#roles(input);
    const totpDevices = this.#totpDevices(input);
    const loginMethods = this.#loginMethods(input);
    const externalUserId = given === undefined ? undefined : this.#externalUserId(given);
    this.#checkTenants(userRoles ?? [], loginMethods);
    return {
      ...(externalUserId !== undefined && { externalUserId }),
      ...(userMetadata && { userMetadata }),
      ...(userRoles && { userRoles }),
      ...(totpDevices && { totpDevices }),
      loginMethods,
    };
  }

  #roles(input: JsonObject): { role: string; tenantIds: string[] }[] | undefined {
    const suffix = ' for a user role.';
    return objects(this.#errors, input, 'userRoles', '.')?.map((each) => {
      const given = text(this.#errors, each, 'role', suffix, 'required');
      const tenants = texts(this.#errors, each, 'tenantIds', suffix, 'required');
      const role = trim(given ?? '');
      if (given !== undefined) {
        this.#limit('role', given, MAX_NAME, MAX_NAME);
        if (!this.#context.roles.includes(role)) this.#errors.push(`Role ${role} does not exist.`);
      }
      return { role, tenantIds: this.#tenantIds(tenants, suffix) };
    });
  }

  #totpDevices(input: JsonObject): ImportedTotpDevice[] | undefined {
    const suffix = ' for a totp device.';
    return objects(this.#errors, input, 'totpDevices', '.')?.map((each) => {
      const secretKey = text(this.#errors, each, 'secretKey', suffix, 'required');
      const period = integer(this.#errors, each, 'period', suffix) ?? USUAL_PERIOD;
      const skew = integer(this.#errors, each, 'skew', suffix) ?? USUAL_SKEW;
      const deviceName = text(this.#errors, each, 'deviceName', suffix);
      if (secretKey !== undefined) this.#limit('TOTP secretKey', secretKey, MAX_TEXT);
      if (period < 1) this.#errors.push('period should be > 0 for a totp device.');
      if (skew < 0) this.#errors.push('skew should be >= 0 for a totp device.');
      if (deviceName !== undefined) this.#limit('TOTP deviceName', deviceName, MAX_TEXT);
      return {
        secretKey: secretKey ?? '',
        period,
        skew,
        ...(deviceName !== undefined && { deviceName: trim(deviceName) }),
      };
    });
  }

  #loginMethods(input: JsonObject): ImportedMethod[] {
    const given = objects(this.#errors, input, 'loginMethods', '.', 'required');
    if (given === undefined) return [];
    if (given.length === 0) this.#errors.push('At least one loginMethod is required.');
    for (let extra = given.filter(({ isPrimary }) => isPrimary === true).length; extra > 1; extra--) {
      this.#errors.push('No two loginMethods can have isPrimary as true.');
    }
    return given.map((each) => this.#loginMethod(each)).filter((method) => method !== undefined);
  }

  #loginMethod(input: JsonObject): ImportedMethod | undefined {
    const errors = this.#errors;
    const suffix = ' for a loginMethod.';
    const recipe = text(errors, input, 'recipeId', suffix, 'required');
    const tenants = texts(errors, input, 'tenantIds', suffix);
    const isVerified = flag(errors, input, 'isVerified', suffix) ?? false;
    const isPrimary = flag(errors, input, 'isPrimary', suffix) ?? false;
    const joined = integer(errors, input, 'timeJoinedInMSSinceEpoch', ' for a loginMethod');
    if (recipe !== undefined && !RECIPES.includes(recipe)) {
      errors.push('Invalid recipeId for loginMethod. Pass one of emailpassword, thirdparty or, passwordless!');
    }
    const tenantIds = this.#tenantIds(tenants, ` for ${recipe ?? null} recipe.`);
    const now = this.#context.app.now();
    if (joined !== undefined && joined > now) errors.push('timeJoined cannot be in future for a loginMethod.');
    if (joined !== undefined && joined < 0) errors.push('timeJoined cannot be < 0 for a loginMethod.');
    const { superTokensUserId: stored } = input;
    const id = this.#context.keepsIds && typeof stored === 'string' ? stored : randomUUID();
    const common = { id, tenantIds, isVerified, isPrimary, timeJoined: joined ?? now };
    switch (recipe) {
      case 'emailpassword':
        return { ...common, recipe, ...this.#emailPassword(input) };
      case 'thirdparty':
        return { ...common, recipe, ...this.#thirdParty(input) };
      case 'passwordless':
        return { ...common, recipe, ...this.#passwordless(input) };
      default:
        return undefined;
    }
  }

  #emailPassword(input: JsonObject): Partial<ImportedMethod> {
    const errors = this.#errors;
    const suffix = ' for an emailpassword recipe.';
    const email = text(errors, input, 'email', suffix, 'required');
    const hash = text(errors, input, 'passwordHash', suffix);
    const given = text(errors, input, 'hashingAlgorithm', suffix);
    const plainTextPassword = text(errors, input, 'plainTextPassword', suffix);
    if ((hash === undefined || given === undefined) && plainTextPassword === undefined) {
      errors.push(
        'Either (passwordHash, hashingAlgorithm) or plainTextPassword is required for an emailpassword recipe.',
      );
    }
    const normalised = this.#email(email);
    const algorithm = given === undefined ? undefined : trim(given).toUpperCase();
    const isKnown = algorithm !== undefined && ['BCRYPT', 'ARGON2', 'FIREBASE_SCRYPT'].includes(algorithm);
    if (algorithm !== undefined && !isKnown) {
      errors.push('Invalid hashingAlgorithm for emailpassword recipe. Pass one of bcrypt, argon2 or, firebase_scrypt!');
    }
    const passwordHash = hash === undefined || !isKnown ? hash : this.#hash(hash, algorithm as HashingAlgorithm);
    return {
      ...normalised,
      ...(passwordHash !== undefined && { passwordHash }),
      ...(isKnown && { hashingAlgorithm: algorithm }),
      ...(plainTextPassword !== undefined && { plainTextPassword }),
    };
  }

  #hash(given: string, algorithm: HashingAlgorithm): string {
    if (given.length > MAX_TEXT) this.#errors.push('passwordHash is too long. Max length is 256.');
    const hash = trim(given);
    try {
      checkHash(hash, algorithm, this.#context.app.settings);
    } catch (error) {
      if (!(error instanceof UnsupportedHash || error instanceof SignerKeyMissing)) throw error;
      this.#errors.push(error.message);
    }
    return hash;
  }

  #thirdParty(input: JsonObject): Partial<ImportedMethod> {
    const suffix = ' for a thirdparty recipe.';
    const email = text(this.#errors, input, 'email', suffix, 'required');
    const id = text(this.#errors, input, 'thirdPartyId', suffix, 'required');
    const userId = text(this.#errors, input, 'thirdPartyUserId', suffix, 'required');
    const normalised = this.#email(email);
    if (id !== undefined) this.#limit('thirdPartyId', id, MAX_THIRD_PARTY_ID);
    if (userId !== undefined) this.#limit('thirdPartyUserId', userId, MAX_TEXT);
    return { ...normalised, ...(id !== undefined && userId !== undefined && { thirdParty: { id, userId } }) };
  }

  #passwordless(input: JsonObject): Partial<ImportedMethod> {
    const suffix = ' for a passwordless recipe.';
    const email = text(this.#errors, input, 'email', suffix);
    const phone = text(this.#errors, input, 'phoneNumber', suffix);
    const normalised = this.#email(email);
    if (phone !== undefined) this.#limit('phoneNumber', phone, MAX_TEXT);
    if (email === undefined && phone === undefined) {
      this.#errors.push('Either email or phoneNumber is required for a passwordless recipe.');
    }
    return {
      ...normalised,
      ...(phone !== undefined && { phoneNumber: this.#context.normalisePhoneNumber(phone) }),
    };
  }

  #email(email: string | undefined): { email?: string } {
    if (email === undefined) return {};
    this.#limit('email', email, MAX_NAME);
    return { email: this.#context.normaliseEmail(email) };
  }

  #externalUserId(given: string): string {
    this.#limit('externalUserId', given, MAX_ID);
    const { externalUserIds } = this.#context;
    if (externalUserIds.has(given)) {
      this.#errors.push(`externalUserId ${given} is not unique. It is already used by another user.`);
    }
    externalUserIds.add(given);
    return trim(given);
  }

  #tenantIds(given: readonly string[] | undefined, suffix: string): string[] {
    const known = this.#context.tenants.map(({ id }) => id);
    return (given ?? ['public']).flatMap((tenantId) => {
      const normalised = tenantId === 'public' ? tenantId : trim(tenantId).toLowerCase();
      if (known.includes(normalised)) return [normalised];
      this.#errors.push(`Invalid tenantId: ${tenantId}${suffix}`);
      return [];
    });
  }

  #checkTenants(userRoles: readonly { tenantIds: readonly string[] }[], methods: readonly ImportedMethod[]): void {
    for (const tenantId of userRoles.flatMap(({ tenantIds }) => tenantIds)) {
      if (tenantId === 'public' || methods.some(({ tenantIds }) => tenantIds.includes(tenantId))) continue;
      this.#errors.push(`TenantId ${tenantId} for a user role does not exist in loginMethods.`);
    }
    for (const { id, recipe, timeJoined, passwordHash: _, plainTextPassword: __, ...rest } of methods) {
      if (rest.tenantIds.length > 0) continue;
      // Which one is meant, but not its password.
      const named = { ...rest, timeJoinedInMSSinceEpoch: timeJoined, recipeId: recipe, superTokensUserId: id };
      this.#errors.push(`LoginMethod '${JSON.stringify(named)}' has no tenantId`);
    }
  }

  #limit(called: string, given: string, most: number, stated = most === MAX_NAME ? MAX_TEXT : most): void {
    if (given.length > most) this.#errors.push(`${called} ${given} is too long. Max length is ${stated}.`);
  }
}

type Presence = 'required' | 'optional';

function field<T extends Json>(
  errors: string[],
  input: JsonObject,
  name: string,
  expected: string,
  suffix: string,
  presence: Presence,
  isIt: (value: Json) => value is T,
): T | undefined {
  if (!Object.hasOwn(input, name)) {
    if (presence === 'required') errors.push(`${name} is required${suffix}`);
    return undefined;
  }
  const value = input[name] as Json;
  if (isIt(value)) return value;
  errors.push(`${name} should be of type ${expected}${suffix}`);
  return undefined;
}

// What Java takes for blank: a no-break space is not.
const WIDE_SPACE = /[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/g;
const isText = (value: Json): value is string =>
  typeof value === 'string' && trim(value.replace(WIDE_SPACE, ' ')) !== '';

function text(errors: string[], input: JsonObject, name: string, suffix: string, presence: Presence = 'optional') {
  return field(errors, input, name, 'string', suffix, presence, isText);
}

function flag(errors: string[], input: JsonObject, name: string, suffix: string) {
  return field(errors, input, name, 'boolean', suffix, 'optional', (value) => typeof value === 'boolean');
}

function integer(errors: string[], input: JsonObject, name: string, suffix: string): number | undefined {
  const value = field(errors, input, name, 'integer', suffix, 'optional', (each) => typeof each === 'number');
  return value === undefined ? undefined : Math.trunc(value);
}

function object(errors: string[], input: JsonObject, name: string, suffix: string): JsonObject | undefined {
  return field(errors, input, name, 'object', suffix, 'optional', isObject);
}

function objects(errors: string[], input: JsonObject, name: string, suffix: string, presence: Presence = 'optional') {
  const isIt = (value: Json): value is JsonObject[] => Array.isArray(value) && value.every(isObject);
  return field(errors, input, name, 'array of object', suffix, presence, isIt);
}

function texts(errors: string[], input: JsonObject, name: string, suffix: string, presence: Presence = 'optional') {
  const isIt = (value: Json): value is string[] => Array.isArray(value) && value.every(isText);
  return field(errors, input, name, 'array of string', suffix, presence, isIt);
}
