import { text } from '../http/answer.js';
import type { Api, Handler } from '../http/api.js';

/** Unsupported features of the real Core, with their paths. */
const FEATURES = {
  OAuth2: `
    /recipe/oauth/auth /recipe/oauth/token /recipe/oauth/clients /recipe/oauth/clients/list
    /recipe/oauth/clients/remove /recipe/oauth/introspect /recipe/oauth/session/revoke
    /recipe/oauth/token/revoke /recipe/oauth/tokens/revoke /recipe/oauth/sessions/logout
    /recipe/oauth/auth/requests/login /recipe/oauth/auth/requests/login/accept
    /recipe/oauth/auth/requests/login/reject /recipe/oauth/auth/requests/consent
    /recipe/oauth/auth/requests/consent/accept /recipe/oauth/auth/requests/consent/reject
    /recipe/oauth/auth/requests/logout/accept /recipe/oauth/auth/requests/logout/reject`,
  SAML: `
    /recipe/saml/clients /recipe/saml/clients/list /recipe/saml/clients/remove /recipe/saml/login
    /recipe/saml/callback /recipe/saml/user`,
  'connection uri domains': `
    /recipe/multitenancy/connectionuridomain /recipe/multitenancy/connectionuridomain/v2
    /recipe/multitenancy/connectionuridomain/list /recipe/multitenancy/connectionuridomain/list/v2
    /recipe/multitenancy/connectionuridomain/remove`,
  licences: `
    /ee/license /ee/featureflag`,
  'its own configuration file and statistics': `
    /config /telemetry /requests/stats`,
};

/** Answers unsupported paths of the real Core with the name of the feature and a pointer to the real Core. */
export const UNSUPPORTED_APIS: readonly Api[] = Object.entries(FEATURES).flatMap(([feature, paths]) => {
  const refuse: Handler = (request, core) => {
    core.appOf(request);
    return text(
      404,
      `Not found: ${feature} needs the real SuperTokens Core (https://supertokens.com/docs/deployment/self-hosting); this is the embedded one`,
    );
  };
  return paths
    .trim()
    .split(/\s+/)
    .map((path): Api => ({ path, get: refuse, post: refuse, put: refuse, delete: refuse }));
});
