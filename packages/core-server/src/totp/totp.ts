import type { Key, Reader, Store, Transaction } from '@supertokens-faunadb/store';
import { removeLater } from '../storage/expiries.js';
import { key, keysUnder, timePart } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson, parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from '../users/user-data.js';
import { type Generator, isRightCode } from './one-time-password.js';

/** A device that shows codes to its user. */
export interface Device extends Generator {
  readonly name: string;
  readonly isVerified: boolean;
}

/** The result of checking a code. */
export type Verdict =
  | { readonly status: 'right' }
  | { readonly status: 'wrong'; readonly attempts: number; readonly limit: number }
  | {
      readonly status: 'too many';
      readonly attempts: number;
      readonly limit: number;
      /** In milliseconds. */
      readonly retryAfter: number;
    };

interface UsedCode {
  readonly code: string;
  readonly isRight: boolean;
  /** When a right one may be given again. */
  readonly expiry: number;
  readonly created: number;
}

/** Longer ones are no codes, and are not counted. */
const LONGEST_CODE = 8;
/** Limits times to the range of a key's part. */
const LATEST = 1e15;

/**
 * Users' devices for time-based one-time passwords. They belong to the app; which codes have been given is counted by each
 * tenant for itself.
 */
export class Totp {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * @param name `undefined`: one is made up. A device of this name that was never verified gives way.
   * @returns the name; `undefined` when there is a verified device of it
   */
  async createDevice(
    app: Tenant,
    userId: string,
    name: string | undefined,
    device: Omit<Device, 'name'>,
  ): Promise<string | undefined> {
    return settled(this.#store.transact((transaction) => addDevice(transaction, app, userId, name, device)));
  }

  async renameDevice(
    app: Tenant,
    userId: string,
    from: string,
    to: string,
  ): Promise<'renamed' | 'unknown device' | 'name taken'> {
    return settled(
      this.#store.transact((transaction) => {
        const device = getDevice(transaction, app, userId, from);
        if (device === undefined) return 'unknown device';
        if (from === to) return 'renamed';
        if (getDevice(transaction, app, userId, to) !== undefined) return 'name taken';
        transaction.remove(deviceKey(app, userId, from));
        putDevice(transaction, app, userId, { ...device, name: to });
        return 'renamed';
      }),
    );
  }

  /**
   * Removing the last device also removes the record of used codes.
   *
   * @param tenants all of the app's
   * @returns whether there was such a device
   */
  async removeDevice(app: Tenant, tenants: readonly Tenant[], userId: string, name: string): Promise<boolean> {
    return settled(
      this.#store.transact((transaction) => {
        if (getDevice(transaction, app, userId, name) === undefined) return false;
        transaction.remove(deviceKey(app, userId, name));
        if (devicesOf(transaction, app, userId).length === 0) TOTP_OF_USERS.remove(transaction, app, tenants, userId);
        return true;
      }),
    );
  }

  /** A user's devices, by their names. */
  async devices(app: Tenant, userId: string): Promise<Device[]> {
    return settled(this.#store.read((reader) => devicesOf(reader, app, userId)));
  }

  /** Whether each user has a verified device; `null` for users without devices. */
  async haveVerifiedDevices(app: Tenant, userIds: readonly string[]): Promise<(boolean | null)[]> {
    return settled(
      this.#store.read((reader) =>
        userIds.map((userId) => {
          const devices = devicesOf(reader, app, userId);
          return devices.length === 0 ? null : devices.some(({ isVerified }) => isVerified);
        }),
      ),
    );
  }

  /** Verifies a device by one of its codes; one that is verified already takes any. */
  async verifyDevice(
    app: Tenant,
    tenant: Tenant,
    userId: string,
    name: string,
    code: string,
  ): Promise<Verdict | { readonly status: 'unknown device' | 'was verified' }> {
    const now = tenant.now();
    return settled(
      this.#store.transact((transaction) => {
        const device = getDevice(transaction, app, userId, name);
        if (device === undefined) return { status: 'unknown device' };
        if (device.isVerified) return { status: 'was verified' };
        const verdict = judge(transaction, tenant, userId, [device], code, now);
        if (verdict.status === 'right') putDevice(transaction, app, userId, { ...device, isVerified: true });
        return verdict;
      }),
    );
  }

  /** Takes a code of any of a user's verified devices, once. @returns `undefined` when the user has no device */
  async verifyCode(app: Tenant, tenant: Tenant, userId: string, code: string): Promise<Verdict | undefined> {
    const now = tenant.now();
    return settled(
      this.#store.transact((transaction) => {
        const devices = devicesOf(transaction, app, userId);
        if (devices.length === 0) return undefined;
        const verified = devices.filter(({ isVerified }) => isVerified);
        return judge(transaction, tenant, userId, verified, code, now);
      }),
    );
  }
}

/** As {@link Totp.createDevice}. */
export function addDevice(
  transaction: Transaction,
  app: Tenant,
  userId: string,
  name: string | undefined,
  device: Omit<Device, 'name'>,
): string | undefined {
  const isTaken = (candidate: string) => getDevice(transaction, app, userId, candidate)?.isVerified ?? false;
  if (name !== undefined && isTaken(name)) return undefined;
  let number = devicesOf(transaction, app, userId).filter(({ isVerified }) => isVerified).length;
  while (name === undefined && isTaken(`TOTP Device ${number}`)) number++;
  const chosen = name ?? `TOTP Device ${number}`;
  putDevice(transaction, app, userId, { ...device, name: chosen });
  return chosen;
}

/** What is kept for users: their devices, and the codes that they have given. */
export const TOTP_OF_USERS = {
  recipe: 'TOTP',
  isUsed: (reader, app, _tenants, userId) => devicesOf(reader, app, userId).length > 0,
  remove(transaction, app, tenants, userId) {
    for (const { key: name } of [...transaction.range(keysUnder(app.space, 'totp-device', userId))]) {
      transaction.remove(name);
    }
    for (const tenant of tenants) removeCodes(transaction, tenant, userId);
  },
  removeFromTenant: (transaction, _app, tenant, userId) => removeCodes(transaction, tenant, userId),
} satisfies UserData;

function removeCodes(transaction: Transaction, tenant: Tenant, userId: string): boolean {
  const codes = [...transaction.range(keysUnder(tenant.space, 'totp-code', userId))];
  for (const { key: name } of codes) transaction.remove(name);
  return codes.length > 0;
}

// Of the codes that were given last, wrong ones in a row count against the limit, those that were given within the cool-down
// before the last of them. Where they are as many as the limit, no code is looked at until the cool-down has passed.
function judge(
  transaction: Transaction,
  tenant: Tenant,
  userId: string,
  devices: readonly Device[],
  code: string,
  now: number,
): Verdict {
  const { totp_max_attempts: limit, totp_rate_limit_cooldown_sec: seconds } = tenant.settings;
  const cooldown = seconds * 1000;
  const used = usedCodes(transaction, tenant, userId);
  let attempts = wrongInARow(used, limit, cooldown);
  if (attempts === limit) {
    const passed = now - (used[0] as UsedCode).created;
    if (passed < cooldown) return { status: 'too many', attempts, limit, retryAfter: cooldown - passed };
    attempts = 0;
  }
  if (code.length > LONGEST_CODE) return { status: 'wrong', attempts: attempts + 1, limit };
  const device = devices.find((candidate) => isRightCode(candidate, code, now));
  const isRepeated = used.some((earlier) => earlier.isRight && earlier.code === code && earlier.expiry > now);
  const isRight = device !== undefined && !isRepeated;
  const lives = device === undefined ? Math.max(0, ...devices.map(lifetime)) : lifetime(device);
  const expiry = Math.min(now + lives, LATEST);
  // Of several within a millisecond each comes after the other.
  const created = Math.max(now, (used[0]?.created ?? 0) + 1);
  const place = codeKey(tenant, userId, created);
  putJson(transaction, place, { code, isRight, expiry, created } satisfies UsedCode);
  removeLater(transaction, Math.min(expiry + cooldown, LATEST), [place]);
  return isRight ? { status: 'right' } : { status: 'wrong', attempts: attempts + 1, limit };
}

function wrongInARow(used: readonly UsedCode[], limit: number, cooldown: number): number {
  const last = used[0];
  if (last === undefined) return 0;
  const recent = used.slice(0, limit);
  const end = recent.findIndex(({ isRight, created }) => isRight || created <= last.created - cooldown);
  return end === -1 ? recent.length : end;
}

/** For how long a code of a device is right, in milliseconds. */
function lifetime({ period, skew }: Device): number {
  return period * (2 * skew + 1) * 1000;
}

/** The newest first. */
function usedCodes(reader: Reader, tenant: Tenant, userId: string): UsedCode[] {
  const range = { ...keysUnder(tenant.space, 'totp-code', userId), reverse: true };
  return Array.from(reader.range(range), ({ value }) => parseJson<UsedCode>(value));
}

function devicesOf(reader: Reader, app: Tenant, userId: string): Device[] {
  const devices = Array.from(reader.range(keysUnder(app.space, 'totp-device', userId)), ({ value }) =>
    parseJson<Device>(value),
  );
  return devices.sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)));
}

function getDevice(reader: Reader, app: Tenant, userId: string, name: string): Device | undefined {
  return getJson<Device>(reader, deviceKey(app, userId, name));
}

function putDevice(transaction: Transaction, app: Tenant, userId: string, device: Device): void {
  putJson(transaction, deviceKey(app, userId, device.name), device);
}

function deviceKey(app: Tenant, userId: string, name: string): Key {
  return key(app.space, 'totp-device', userId, name);
}

function codeKey(tenant: Tenant, userId: string, created: number): Key {
  return key(tenant.space, 'totp-code', userId, timePart(created));
}
