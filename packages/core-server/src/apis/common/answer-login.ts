import { CDI_4_0, CDI_5_0, CDI_5_1 } from '../../cdi/version.js';
import { BadPermission } from '../../common/errors.js';
import type { Core } from '../../core/core.js';
import { type Answer, json } from '../../http/answer.js';
import type { CoreRequest } from '../../http/request.js';
import type { Login } from '../../recipes/login.js';
import { isEnabled, isEnabledBeforeCdi5, type Recipe } from '../../tenants/tenant-config.js';
import type { Tenant } from '../../tenants/tenants.js';
import { type UserView, userJson } from '../../users/user-json.js';

const CALLED: Readonly<Record<Recipe, string>> = {
  emailPassword: 'Email password',
  thirdParty: 'ThirdParty',
  passwordless: 'Passwordless',
};

/**
 * The tenant that a request is for. From CDI 5.1 on it is the SDK that sees to how one may log in there.
 *
 * @throws BadPermission when nobody may log in there by that recipe
 */
export function tenantWith(recipe: Recipe, request: CoreRequest, core: Core): Tenant {
  const tenant = core.tenantOf(request);
  if (request.version >= CDI_5_1) return tenant;
  const enabled = request.version < CDI_5_0 ? isEnabledBeforeCdi5 : isEnabled;
  if (!enabled(tenant.config, recipe)) throw new BadPermission(`${CALLED[recipe]} login not enabled for tenant`);
  return tenant;
}

/** Answers with the user who signed up or in. */
export function answerLogin({ version }: CoreRequest, { user, recipeUserId }: Login, more: object = {}): Answer {
  return json({
    status: 'OK',
    ...more,
    user: userJson(user, version),
    ...(version >= CDI_4_0 && { recipeUserId }),
  });
}

/** Answers with a user in the form of the request's version, or that there is no such user. */
export function answerUser({ version }: CoreRequest, user: UserView | undefined, status: string): Answer {
  return json(user === undefined ? { status } : { status: 'OK', user: userJson(user, version) });
}

/** A user in the format of CDI 4.0, for paths that use it for older clients too. */
export function userInFull(user: UserView, { version }: CoreRequest): object {
  return userJson(user, Math.max(version, CDI_4_0));
}
