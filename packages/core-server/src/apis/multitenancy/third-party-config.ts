import { trim } from '@supertokens-faunadb/java/text';
import { PUBLIC } from '../../common/tenant-names.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { mayChangeProtected } from '../../http/gate.js';
import { objectField, optionalBooleanField, stringField } from '../../json/input.js';
import { checkProviders, readProvider, type ThirdPartyProvider } from '../../tenants/third-party-provider.js';

/** How a tenant's users log in by a third party; the SDK asks for it. */
export const thirdPartyConfigApi: Api = {
  path: '/recipe/multitenancy/config/thirdparty',
  put: async (request, core) => {
    const input = request.body();
    const given = objectField(input, 'config');
    const thirdPartyId = trim(stringField(given, 'thirdPartyId'));
    const skipsChecks = optionalBooleanField(input, 'skipValidation') ?? false;
    const tenant = core.tenantOf(request);
    const provider = { ...readProvider(given), thirdPartyId };
    const before = tenant.config.providers ?? [];
    const existed = before.some((each) => each.thirdPartyId === thirdPartyId);
    const providers = existed
      ? before.map((each): ThirdPartyProvider => (each.thirdPartyId === thirdPartyId ? provider : each))
      : [...before, provider];
    if (!skipsChecks) checkProviders(providers);
    const mayChange = mayChangeProtected(request.headers, core.app(PUBLIC).settings);
    await core.tenants.put(tenant.app, tenant.id, { ...tenant.config, providers }, mayChange);
    return json({ status: 'OK', createdNew: !existed });
  },
};

export const thirdPartyConfigRemoveApi: Api = {
  path: '/recipe/multitenancy/config/thirdparty/remove',
  post: async (request, core) => {
    const thirdPartyId = trim(stringField(request.body(), 'thirdPartyId'));
    const tenant = core.tenantOf(request);
    const before = tenant.config.providers ?? [];
    const providers = before.filter((each) => each.thirdPartyId !== thirdPartyId);
    checkProviders(providers);
    const mayChange = mayChangeProtected(request.headers, core.app(PUBLIC).settings);
    await core.tenants.put(tenant.app, tenant.id, { ...tenant.config, providers }, mayChange);
    return json({ status: 'OK', didConfigExist: providers.length < before.length });
  },
};
