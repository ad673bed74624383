import { LATEST_VERSION, parseVersion, SUPPORTED_VERSIONS } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** The versions of the interface that a client may choose from. */
export const apiVersionApi: Api = {
  path: '/apiversion',
  needsNoVersion: true,
  get: (request, core) => {
    // Clients describe themselves for telemetry, which this Core does not have; malformed descriptions are still refused.
    request.query.optional('websiteDomain');
    core.appOf(request);
    const { settings } = core.appOfPublicTenant(request);
    const newest = order(settings.supertokens_max_cdi_version ?? LATEST_VERSION);
    const oldest = order(settings.supertokens_min_cdi_version ?? '0');
    return json({
      versions: SUPPORTED_VERSIONS.filter((version) => order(version) >= oldest && order(version) <= newest),
    });
  },
};

function order(version: string): number {
  return parseVersion(version) as number;
}
