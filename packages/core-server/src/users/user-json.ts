import { CDI_3_0, CDI_4_0, CDI_5_3, type CdiVersion } from '../cdi/version.js';
import type { Tenant } from '../tenants/tenants.js';
import type { User } from './users.js';

/**
 * A user as clients of `version` read one.
 *
 * @param id the external one, where the user has one
 * @param tenants all of the app's
 */
export function userJson(user: User, id: string, tenants: readonly Tenant[], version: CdiVersion): object {
  const { email, timeJoined } = user;
  const tenantIds = tenants.filter(({ space }) => user.tenants.includes(space)).map((tenant) => tenant.id);
  if (version < CDI_4_0) return { id, email, timeJoined, ...(version >= CDI_3_0 && { tenantIds }) };
  return {
    id,
    isPrimaryUser: false,
    tenantIds,
    emails: [email],
    phoneNumbers: [],
    thirdParty: [],
    ...(version >= CDI_5_3 && { webauthn: { credentialIds: [] } }),
    loginMethods: [{ recipeId: 'emailpassword', recipeUserId: id, tenantIds, verified: false, email, timeJoined }],
    timeJoined,
  };
}
