// The environment: the types of everything that queries in FQL v10 can name.
import { outermostContext } from '../fql10/evaluate/outermost-context.js';
import { exportedTypes } from '../fql10/typecheck/exported-types.js';
import { ADMIN, ROOT, SERVER } from '../model/auth/builtin-permissions.js';
import type { Permissions } from '../model/base/permissions.js';
import type { Evaluation10 } from './evaluation10.js';

/** Those that may see the whole schema. */
const ALLOWED: readonly Permissions[] = [ROOT, ADMIN, SERVER];

const FORBIDDEN = JSON.stringify({
  code: 'forbidden',
  message: 'A valid admin/server key must be provided to use this endpoint',
});

export function prepareEnvironment(): Evaluation10 {
  return (host) => {
    const { auth, model } = host;
    if (!ALLOWED.includes(auth.permissions)) return { outcome: 'forbidden', body: () => FORBIDDEN };
    const context = outermostContext(host, { effect: 'read', reason: 'environment requests' });
    const environment = JSON.stringify(exportedTypes(context));
    const { version } = model.committedSchema(auth.scope);
    return { outcome: 'done', body: () => `{"schema_version":${version},"environment":${environment}}` };
  };
}
