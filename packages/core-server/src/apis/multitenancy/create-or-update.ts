import { CDI_5_0 } from '../../cdi/version.js';
import { BadPermission } from '../../common/errors.js';
import { normaliseAppId, normaliseTenantId, PUBLIC } from '../../common/tenant-names.js';
import type { Core } from '../../core/core.js';
import { type Answer, json } from '../../http/answer.js';
import type { Handler } from '../../http/api.js';
import { mayChangeProtected } from '../../http/gate.js';
import type { CoreRequest } from '../../http/request.js';
import { optionalObjectField, optionalStringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import { prepareKeyPairs } from '../../keys/key-pair.js';
import { NEW_TENANT, PUBLIC_TENANT, type TenantConfig } from '../../tenants/tenant-config.js';
import { checkFactorNames, mergeCoreConfig, updateV1, updateV2 } from '../../tenants/tenant-update.js';
import type { Tenant } from '../../tenants/tenants.js';

/** Of the two generations of these paths, the first has a switch for each recipe, the second a list of factors. */
export type Generation = 'v1' | 'v2';

/** Makes or changes an app. */
export function putApp(generation: Generation): Handler {
  return async (request, core) => {
    const input = request.body();
    const given = optionalStringField(input, 'appId');
    const app = given === undefined ? PUBLIC : normaliseAppId(given);
    const source = core.tenantOf(request);
    const answer = await createOrUpdate(request, core, generation, source, { app, id: PUBLIC }, input);
    // Whoever makes one app is likely to make more, and each wants two keys at once.
    prepareKeyPairs(2);
    return answer;
  };
}

/** Makes or changes a tenant of the app. */
export function putTenant(generation: Generation): Handler {
  return async (request, core) => {
    const input = request.body();
    const given = optionalStringField(input, 'tenantId');
    const id = given === undefined ? PUBLIC : normaliseTenantId(given);
    const source = core.tenantOf(request);
    return createOrUpdate(request, core, generation, source, { app: source.app, id }, input);
  };
}

async function createOrUpdate(
  { version, headers }: CoreRequest,
  core: Core,
  generation: Generation,
  source: Tenant,
  target: Pick<Tenant, 'app' | 'id'>,
  input: JsonObject,
): Promise<Answer> {
  const existing = core.tenants.find(target.app, target.id)?.config;
  const before = existing ?? newTenant(target.id, generation, version < CDI_5_0);
  const coreConfig = optionalObjectField(input, 'coreConfig');
  const configured =
    coreConfig === undefined ? before : { ...before, coreConfig: mergeCoreConfig(before.coreConfig, coreConfig) };
  const config = generation === 'v2' ? updateV2(configured, input) : updateV1(configured, input, version);
  checkFactorNames(config);
  checkPermission(source, target);
  await core.tenants.put(target.app, target.id, config, mayChangeProtected(headers, core.app(PUBLIC).settings));
  return json({ status: 'OK', createdNew: existing === undefined });
}

function newTenant(id: string, generation: Generation, isBeforeCdi5: boolean): TenantConfig {
  if (id === PUBLIC) return PUBLIC_TENANT;
  if (generation === 'v2') return NEW_TENANT.v2;
  return isBeforeCdi5 ? NEW_TENANT.beforeCdi5 : NEW_TENANT.v1;
}

function checkPermission(source: Tenant, target: Pick<Tenant, 'app' | 'id'>): void {
  if (target.id !== PUBLIC) {
    if (source.id === PUBLIC || source.id === target.id) return;
    throw new BadPermission('You must use the public or same tenant to add/update a tenant');
  }
  if (target.app === PUBLIC) return;
  if (source.id === PUBLIC && (source.app === PUBLIC || source.app === target.app)) return;
  throw new BadPermission('You must use the public or same app to add/update an app');
}
