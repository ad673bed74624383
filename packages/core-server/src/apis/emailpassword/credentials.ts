import { CDI_4_0, CDI_5_0, CDI_5_1 } from '../../cdi/version.js';
import { BadPermission } from '../../common/errors.js';
import { trim } from '../../common/trim.js';
import type { Core } from '../../core/core.js';
import { type Answer, json } from '../../http/answer.js';
import type { CoreRequest } from '../../http/request.js';
import { stringField } from '../../json/input.js';
import { isEnabled, isEnabledBeforeCdi5 } from '../../tenants/tenant-config.js';
import type { Tenant } from '../../tenants/tenants.js';
import { userJson } from '../../users/user-json.js';
import type { User } from '../../users/users.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Emails that differ in nothing but case and space around them are the same. */
export function normaliseEmail(email: string): string {
  return trim(email).toLowerCase();
}

export function credentialsOf(request: CoreRequest): Credentials {
  const input = request.body();
  return { email: normaliseEmail(stringField(input, 'email')), password: stringField(input, 'password') };
}

/**
 * The tenant that a request is for. From CDI 5.1 on it is the SDK that sees to how one may log in there.
 *
 * @throws BadPermission when nobody may log in there with email and password
 */
export function tenantWithPasswords(request: CoreRequest, core: Core): Tenant {
  const tenant = core.tenantOf(request);
  if (request.version >= CDI_5_1) return tenant;
  const enabled = request.version < CDI_5_0 ? isEnabledBeforeCdi5 : isEnabled;
  if (!enabled(tenant.config, 'emailPassword')) throw new BadPermission('Email password login not enabled for tenant');
  return tenant;
}

/** Answers who has signed up or in. */
export async function answerUser(request: CoreRequest, core: Core, user: User): Promise<Answer> {
  const id = await core.externalIdOf(core.appOf(request), user.id);
  const tenants = core.tenants.ofApp(request.app);
  await core.activeUsers.noteNow(request.app, id);
  return json({
    status: 'OK',
    user: userJson(user, id, tenants, request.version),
    ...(request.version >= CDI_4_0 && { recipeUserId: id }),
  });
}
