import type { Reader } from '@supertokens-faunadb/store';
import { CDI_3_0, CDI_4_0, CDI_5_3, type CdiVersion } from '../cdi/version.js';
import type { Tenant } from '../tenants/tenants.js';
import type { LoginMethod } from './login-method.js';
import { tenantsOf, timeJoined, type User } from './user.js';
import { toExternalId } from './user-id-mapping.js';
import { isEmailVerified } from './verified-emails.js';

/** A user as answers show one: with the ids that the application knows. */
export interface UserView {
  readonly id: string;
  readonly isPrimary: boolean;
  readonly timeJoined: number;
  readonly tenantIds: readonly string[];
  readonly loginMethods: readonly LoginMethodView[];
}

export interface LoginMethodView {
  readonly method: LoginMethod;
  /** The external id, if there is one. */
  readonly id: string;
  readonly isVerified: boolean;
  readonly tenantIds: readonly string[];
}

/** @param tenants all of the app's */
export function viewOfUser(reader: Reader, app: Tenant, tenants: readonly Tenant[], user: User): UserView {
  const idsOf = (spaces: readonly string[]) =>
    tenants.filter(({ space }) => spaces.includes(space)).map(({ id }) => id);
  return {
    id: toExternalId(reader, app, user.id),
    isPrimary: user.isPrimary,
    timeJoined: timeJoined(user),
    tenantIds: idsOf(tenantsOf(user)),
    loginMethods: user.loginMethods.map((method) => {
      const id = toExternalId(reader, app, method.id);
      return { method, id, isVerified: isVerified(reader, app, id, method), tenantIds: idsOf(method.tenants) };
    }),
  };
}

// Logging in with a code sent to a phone proves that the phone is the user's.
function isVerified(reader: Reader, app: Tenant, id: string, { recipe, email }: LoginMethod): boolean {
  if (email === undefined) return recipe === 'passwordless';
  return isEmailVerified(reader, app, id, email);
}

/** A user as clients of `version` read one. Before CDI 4.0 there were no linked login methods, so only the first is shown. */
export function userJson(user: UserView, version: CdiVersion): object {
  if (version < CDI_4_0) return userJsonWithoutLinking(user, version);
  const methods = user.loginMethods.map(({ method }) => method);
  const distinct = <T>(values: readonly (T | undefined)[]) => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  const thirdParties = new Map(methods.map(({ thirdParty }) => [JSON.stringify(thirdParty), thirdParty]));
  return {
    id: user.id,
    isPrimaryUser: user.isPrimary,
    tenantIds: user.tenantIds,
    timeJoined: user.timeJoined,
    emails: distinct(methods.filter(isVisibleTo(version)).map(({ email }) => email)),
    phoneNumbers: distinct(methods.map(({ phoneNumber }) => phoneNumber)),
    thirdParty: distinct([...thirdParties.values()]),
    ...(version >= CDI_5_3 && {
      webauthn: { credentialIds: distinct(methods.flatMap(credentialIdsOf)) },
    }),
    loginMethods: user.loginMethods.map((view) => methodJson(view, version)),
  };
}

// Clients that do not know WebAuthn do not see its emails.
function isVisibleTo(version: CdiVersion): (method: LoginMethod) => boolean {
  return ({ recipe }) => version >= CDI_5_3 || recipe !== 'webauthn';
}

// Like the real Core, shows one credential that is null when the last one has been removed.
function credentialIdsOf({ recipe, credentialIds = [] }: LoginMethod): readonly (string | null)[] {
  return recipe === 'webauthn' && credentialIds.length === 0 ? [null] : credentialIds;
}

function methodJson({ method, id, isVerified, tenantIds }: LoginMethodView, version: CdiVersion): object {
  const { timeJoined, recipe, email, phoneNumber, thirdParty } = method;
  return {
    tenantIds,
    recipeUserId: id,
    verified: isVerified,
    timeJoined,
    recipeId: recipe,
    ...(email !== undefined && { email }),
    ...(phoneNumber !== undefined && { phoneNumber }),
    ...(thirdParty && { thirdParty }),
    ...(recipe === 'webauthn' && version >= CDI_5_3 && { webauthn: { credentialIds: credentialIdsOf(method) } }),
  };
}

function userJsonWithoutLinking({ id, loginMethods }: UserView, version: CdiVersion): object {
  const { method, tenantIds } = loginMethods[0] as LoginMethodView;
  const { timeJoined, email, phoneNumber, thirdParty } = method;
  return {
    id,
    timeJoined,
    ...(version >= CDI_3_0 && { tenantIds }),
    ...(email !== undefined && { email }),
    ...(phoneNumber !== undefined && { phoneNumber }),
    ...(thirdParty && { thirdParty }),
  };
}
