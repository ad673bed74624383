import { openStore } from '@supertokens-faunadb/store';
import { describe, expect, it } from 'vitest';
import { BadRequest, TenantOrAppNotFound } from '../common/errors.js';
import { PUBLIC } from '../common/tenant-names.js';
import { InvalidSetting } from '../settings/settings.js';
import { NEW_TENANT, PUBLIC_TENANT } from './tenant-config.js';
import { Tenants } from './tenants.js';

const open = async (settings = {}) => {
  const store = await openStore({ memory: true });
  return { store, tenants: await Tenants.open(store, [settings]) };
};
const configured = (coreConfig: Record<string, string | number>) => ({ ...NEW_TENANT.v2, coreConfig });

describe('tenants', () => {
  it('are there after a restart, as they were', async () => {
    const { store, tenants } = await open();
    await tenants.put('shop', PUBLIC, configured({ access_token_validity: 60 }));
    await tenants.put('shop', 'eu', configured({ email_verification_token_lifetime: 1000 }));
    const again = await Tenants.open(store, []);
    expect(again.apps()).toEqual([PUBLIC, 'shop']);
    expect(again.ofApp('shop')).toEqual(tenants.ofApp('shop'));
    expect(again.get('shop', 'eu').settings).toMatchObject({
      access_token_validity: 60,
      email_verification_token_lifetime: 1000,
    });
  });

  it('follow their app when its settings change', async () => {
    const { tenants } = await open();
    await tenants.put('shop', PUBLIC, PUBLIC_TENANT);
    await tenants.put('shop', 'eu', NEW_TENANT.v2);
    await tenants.put('shop', PUBLIC, configured({ access_token_validity: 60 }));
    expect(tenants.get('shop', 'eu').settings.access_token_validity).toBe(60);
  });

  it('prevent their app from getting settings that contradict theirs', async () => {
    const { tenants } = await open();
    await tenants.put('shop', PUBLIC, configured({ access_token_validity: 60 }));
    await tenants.put('shop', 'eu', configured({ access_token_validity: 60 }));
    await expect(tenants.put('shop', PUBLIC, configured({ access_token_validity: 90 }))).rejects.toThrow(
      'You cannot set different values for access_token_validity for the same appId',
    );
    await expect(
      tenants.put('shop', PUBLIC, configured({ access_token_validity: 30, refresh_token_validity: 0.9 })),
    ).rejects.toThrow(BadRequest);
    expect(tenants.get('shop', PUBLIC).settings.access_token_validity).toBe(60);
  });

  it('get a new space when they are created again', async () => {
    const { tenants } = await open();
    await tenants.put(PUBLIC, 'eu', NEW_TENANT.v2);
    const { space } = tenants.get(PUBLIC, 'eu');
    expect(await tenants.remove(PUBLIC, 'eu')).toBe(true);
    expect(await tenants.remove(PUBLIC, 'eu')).toBe(false);
    expect(() => tenants.get(PUBLIC, 'eu')).toThrow(TenantOrAppNotFound);
    await tenants.put(PUBLIC, 'eu', NEW_TENANT.v2);
    expect(tenants.get(PUBLIC, 'eu').space).not.toBe(space);
  });

  it.each([
    [PUBLIC, PUBLIC, { access_token_validity: 60 }, 'Cannot modify base config'],
    [
      PUBLIC,
      'eu',
      { access_token_validity: 60 },
      'You cannot set different values for access_token_validity for the same appId',
    ],
    [PUBLIC, 'eu', { nonsense: 1 }, 'Invalid core config: Invalid config key: nonsense'],
    [
      'shop',
      PUBLIC,
      { access_token_signing_key_update_interval: 0 },
      "'access_token_dynamic_signing_key_update_interval' must be greater",
    ],
    [
      PUBLIC,
      'eu',
      { host: 'x', webauthn_recover_account_token_lifetime: 1 },
      'You cannot set different values for webauthn_recover_account_token_lifetime for the same appId',
    ],
    ['shop', PUBLIC, { host: 'x' }, "host can only be set via the core's base config setting"],
    ['shop', PUBLIC, { access_token_validity: 'x' }, "'access_token_validity' must be of type long"],
  ])('of app %s, %s, cannot have %j: %s', async (app, id, coreConfig, message) => {
    const { tenants } = await open();
    await expect(tenants.put(app, id, configured(coreConfig as Record<string, string | number>))).rejects.toThrow(
      message,
    );
    expect(tenants.apps()).toEqual([PUBLIC]);
  });

  it('that conflict with the settings of a new start are named', async () => {
    const { store, tenants } = await open();
    await tenants.put('shop', PUBLIC, configured({ access_token_validity: 7200 }));
    const start = Tenants.open(store, [{ refresh_token_validity: 90 }]);
    await expect(start).rejects.toThrow(InvalidSetting);
    await expect(start).rejects.toThrow(
      "app 'shop', tenant 'public': 'refresh_token_validity' must be strictly greater",
    );
  });
});
