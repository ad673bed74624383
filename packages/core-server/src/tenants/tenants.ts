import { isDeepStrictEqual } from 'node:util';
import type { Store, Transaction } from '@supertokens-faunadb/store';
import { type Clock, systemClock } from '../common/clock.js';
import { BadPermission, BadRequest, TenantOrAppNotFound } from '../common/errors.js';
import { PUBLIC } from '../common/tenant-names.js';
import {
  ALIASES,
  DEFINITIONS,
  isSettingName,
  PROTECTED,
  SETTING_NAMES,
  type Settings,
} from '../settings/definitions.js';
import { type ChosenSettings, InvalidSetting, resolveSettings } from '../settings/settings.js';
import { key, keysUnder, partsOf } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { EMPTY, getJson, parseJson, putJson } from '../storage/value.js';
import { PUBLIC_TENANT, type TenantConfig } from './tenant-config.js';

/** A tenant of an app. The app's own data belong to its public tenant. */
export interface Tenant {
  readonly app: string;
  readonly id: string;
  /** The first part of the keys of its data. A tenant that is created again gets a new one. */
  readonly space: string;
  readonly config: TenantConfig;
  /** The effective settings: the tenant's, then the app's, then the operator's. */
  readonly settings: Settings;
  /** Returns the current time. */
  readonly now: Clock;
}

interface Row {
  readonly space: string;
  readonly config: TenantConfig;
}

const NEXT_SPACE = key('next-space');

/** All apps and their tenants, held in memory; the store has them for the next start. */
export class Tenants {
  readonly #apps = new Map<string, Map<string, Tenant>>();
  readonly #store: Store;
  readonly #base: readonly ChosenSettings[];
  readonly #clock: Clock;

  private constructor(store: Store, base: readonly ChosenSettings[], clock: Clock) {
    this.#store = store;
    this.#base = base;
    this.#clock = clock;
  }

  /**
   * @param base the operator's settings, the strongest first
   * @throws InvalidSetting when they are not valid, or a stored app or tenant cannot be under them; the message names it
   */
  static async open(store: Store, base: readonly ChosenSettings[], clock: Clock = systemClock): Promise<Tenants> {
    resolveSettings(...base);
    const tenants = new Tenants(store, base, clock);
    tenants.#load();
    store.onRollback(() => tenants.#load());
    if (!tenants.#apps.has(PUBLIC)) await tenants.put(PUBLIC, PUBLIC, PUBLIC_TENANT);
    return tenants;
  }

  /** @throws TenantOrAppNotFound */
  get(app: string, id: string): Tenant {
    const tenant = this.#apps.get(app)?.get(id);
    if (tenant === undefined) throw new TenantOrAppNotFound(app, id);
    return tenant;
  }

  find(app: string, id: string): Tenant | undefined {
    return this.#apps.get(app)?.get(id);
  }

  /** The tenants of an app, its public one first. */
  ofApp(app: string): Tenant[] {
    return [...(this.#apps.get(app)?.values() ?? [])];
  }

  apps(): string[] {
    return [...this.#apps.keys()];
  }

  /**
   * Makes or changes a tenant, or, by its public one, an app.
   *
   * @param mayChangeProtected whether settings may be changed that the operator keeps to himself
   * @throws BadRequest when its settings are not valid
   * @throws BadPermission when they are protected
   */
  async put(app: string, id: string, config: TenantConfig, mayChangeProtected = true): Promise<void> {
    const before = this.#apps.get(app)?.get(id);
    this.#check(app, id, config, mayChangeProtected);
    const outcome = this.#store.transact((transaction) => {
      const row: Row = { space: before?.space ?? nextSpace(transaction), config };
      putJson(transaction, key('tenant', app, id), row);
      return row;
    });
    this.#admit(app, id, outcome.value);
    if (id === PUBLIC) {
      for (const other of this.ofApp(app)) if (other.id !== PUBLIC) this.#admit(app, other.id, other);
    }
    await settled(outcome);
  }

  /** @returns whether it existed. Its data become invisible at once and are deleted later. */
  async remove(app: string, id: string): Promise<boolean> {
    const tenant = this.#apps.get(app)?.get(id);
    if (tenant === undefined) return false;
    this.#apps.get(app)?.delete(id);
    if (id === PUBLIC) this.#apps.delete(app);
    await settled(
      this.#store.transact((transaction) => {
        transaction.remove(key('tenant', app, id));
        transaction.put(key('abandoned', tenant.space), EMPTY);
      }),
    );
    return true;
  }

  #load(): void {
    const rows = this.#store.read((reader) =>
      Array.from(reader.range(keysUnder('tenant')), (entry) => {
        const [, app = '', id = ''] = partsOf(entry.key);
        return { app, id, row: parseJson<Row>(entry.value) };
      }),
    ).value;
    // The public tenant of an app comes first: the others build on its settings.
    rows.sort((a, b) => Number(b.id === PUBLIC) - Number(a.id === PUBLIC));
    this.#apps.clear();
    for (const { app, id, row } of rows) this.#admit(app, id, row);
  }

  #admit(app: string, id: string, row: Row): void {
    let settings: Settings;
    try {
      settings = resolveSettings(...this.#choices(app, id, row.config));
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      throw new InvalidSetting(`app '${app}', tenant '${id}': ${error.message}`);
    }
    const tenants = this.#apps.get(app) ?? new Map<string, Tenant>();
    this.#apps.set(app, tenants);
    tenants.set(id, { app, id, space: row.space, config: row.config, settings, now: this.#clock });
  }

  #choices(app: string, id: string, config: TenantConfig): ChosenSettings[] {
    const ofApp = id === PUBLIC ? {} : (this.#apps.get(app)?.get(PUBLIC)?.config.coreConfig ?? {});
    return [config.coreConfig, ofApp, ...this.#base];
  }

  // The app, by its public tenant, and every tenant that builds on it must be able to be together.
  #resolveTogether(app: string, id: string, config: TenantConfig): void {
    if (id !== PUBLIC) {
      const ofApp = this.#apps.get(app)?.get(PUBLIC)?.settings;
      const settings = resolveSettings(...this.#choices(app, id, config));
      if (ofApp !== undefined) refuseConflict(ofApp, settings);
      return;
    }
    const settings = resolveSettings(config.coreConfig, ...this.#base);
    for (const other of this.ofApp(app)) {
      if (other.id === PUBLIC) continue;
      refuseConflict(settings, resolveSettings(other.config.coreConfig, config.coreConfig, ...this.#base));
    }
  }

  #check(app: string, id: string, config: TenantConfig, mayChangeProtected: boolean): void {
    const own = Object.keys(config.coreConfig);
    if (app === PUBLIC && id === PUBLIC && own.length > 0) throw new BadRequest('Cannot modify base config');
    const unknown = own.find((name) => !isKnown(ALIASES[name] ?? name));
    if (unknown !== undefined) throw new BadRequest(`Invalid core config: Invalid config key: ${unknown}`);
    if (!mayChangeProtected) {
      const before = this.#apps.get(app)?.get(id)?.config.coreConfig ?? {};
      const isChanged = (name: string) =>
        own.includes(name) && !(name in before && isDeepStrictEqual(config.coreConfig[name], before[name]));
      if (PROTECTED.some(isChanged)) throw new BadPermission('Not allowed to modify protected configs.');
    }
    try {
      this.#resolveTogether(app, id, config);
      for (const name of SETTING_NAMES) {
        if (DEFINITIONS[name].scope === 'core' && own.includes(name)) {
          throw new InvalidSetting(`${name} can only be set via the core's base config setting`);
        }
      }
    } catch (error) {
      if (error instanceof InvalidSetting) throw new BadRequest(`Invalid core config: ${error.message}`);
      throw error;
    }
  }
}

function isKnown(name: string): boolean {
  return isSettingName(name) && DEFINITIONS[name].scope !== 'later';
}

function refuseConflict(ofApp: Settings, ofTenant: Settings): void {
  for (const name of SETTING_NAMES) {
    if (DEFINITIONS[name].scope !== 'app' || ofApp[name] === ofTenant[name]) continue;
    throw new InvalidSetting(`You cannot set different values for ${name} for the same appId`);
  }
}

function nextSpace(transaction: Transaction): string {
  const space = getJson<number>(transaction, NEXT_SPACE) ?? 1;
  putJson(transaction, NEXT_SPACE, space + 1);
  return `@${space.toString(36)}`; // like the name of no table
}
