import { PUBLIC } from '../../common/tenant-names.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { mayChangeProtected } from '../../http/gate.js';
import {
  DEFINITIONS,
  type Definition,
  PROTECTED,
  type SettingName,
  type Settings,
} from '../../settings/definitions.js';
import { DESCRIPTIONS } from '../../settings/descriptions.js';

const POSSIBLE_VALUES: Partial<Record<SettingName, readonly string[]>> = { password_hashing_alg: ['ARGON2', 'BCRYPT'] };
/** Fixed values of unsupported settings: there is no telemetry, and SAML has its initial value. */
const FIXED: Partial<Settings> = { disable_telemetry: true };
const SAML_ENTITY = 'https://saml.supertokens.com';

function fieldJson(name: SettingName, settings: Settings): object {
  const { type, scope, initial }: Definition = DEFINITIONS[name];
  const possibleValues = POSSIBLE_VALUES[name] ?? null;
  const value = FIXED[name] ?? settings[name] ?? (name === 'saml_sp_entity_id' ? SAML_ENTITY : null);
  return {
    key: name,
    valueType: possibleValues ? 'enum' : type === 'string' || type === 'boolean' ? type : 'number',
    value,
    description: DESCRIPTIONS[name],
    isDifferentAcrossTenants: scope === 'tenant',
    possibleValues,
    isNullable: initial === null,
    defaultValue: initial,
    isPluginProperty: false,
    isPluginPropertyEditable: false,
  };
}

/** The settings that hold for a tenant, as the dashboard shows them. */
export const tenantCoreConfigApi: Api = {
  path: '/recipe/dashboard/tenant/core-config',
  get: (request, core) => {
    const { settings } = core.tenantOf(request);
    const isHidden = mayChangeProtected(request.headers, core.app(PUBLIC).settings)
      ? () => false
      : (name: SettingName) => PROTECTED.includes(name);
    const names = (Object.keys(DESCRIPTIONS) as SettingName[]).filter((name) => !isHidden(name));
    return json({ status: 'OK', config: names.map((name) => fieldJson(name, settings)) });
  },
};
