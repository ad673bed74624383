import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { isSameSecret } from '../../common/secrets.js';
import type { Tenant } from '../../tenants/tenants.js';
import type { ActiveUsers } from '../../users/active-users.js';
import { isTakenByPrimary } from '../../users/linking-checks.js';
import { getLoginMethod, type LoginMethod, methodsByEmail, methodsByPhoneNumber } from '../../users/login-method.js';
import { getUser, type User, usersByEmail, usersByPhoneNumber } from '../../users/user.js';
import { addLoginMethod, changeLoginMethod } from '../../users/user-changes.js';
import { toOwnId } from '../../users/user-ids.js';
import type { UserView } from '../../users/user-json.js';
import type { Users } from '../../users/users.js';
import { hasByEmail, type Login, loginOf, ofMethod, withVerifiedEmail } from '../login.js';
import { hashOfDeviceId, hashOfDigits, hashOfLinkCode, type NewCode, newCode } from './codes.js';
import {
  type Contact,
  type Device,
  deviceOfCode,
  devicesOf,
  getDevice,
  putDevice,
  removeDevice,
  removeDevicesOf,
} from './devices.js';

/** The proof for a login: the digits, in the browser that requested them, or a link, in any browser. */
export type ShownCode = { readonly deviceId: string; readonly userInputCode: string } | { readonly linkCode: string };

/** Why a code is not accepted. */
export type CodeRefusal =
  | { readonly reason: 'restart' }
  | { readonly reason: 'other device' }
  | {
      readonly reason: 'expired' | 'incorrect';
      readonly failedAttempts: number;
      readonly mostAttempts: number;
    };

/** What of a user changes; null takes it away. */
export interface ContactChange {
  readonly email?: string | null;
  readonly phoneNumber?: string | null;
}

/** Why a user does not change. */
export type ContactRefusal =
  | 'unknown user'
  | 'no contact'
  | 'email taken'
  | 'phone number taken'
  | 'email of a primary user'
  | 'phone number of a primary user';

/** A code as it is handed out, and when it was made. */
export interface CreatedCode extends NewCode {
  readonly createdAt: number;
}

const RESTART: CodeRefusal = { reason: 'restart' };

/** Login with a code that is sent to an email or a phone: digits, or a link. */
export class Passwordless {
  readonly #users: Users;
  readonly #activeUsers: ActiveUsers;

  constructor(users: Users, activeUsers: ActiveUsers) {
    this.#users = users;
    this.#activeUsers = activeUsers;
  }

  /**
   * Makes a code for a new device.
   *
   * @param userInputCode by default six random digits
   */
  async createCode(tenant: Tenant, contact: Contact, userInputCode: string | undefined): Promise<CreatedCode> {
    const code = newCode(userInputCode);
    const createdAt = tenant.now();
    await this.#users.transact((transaction) => {
      const { deviceIdHash: hash, linkCodeSalt, id, linkCodeHash } = code;
      const codes = [{ id, linkCodeHash, createdAt }];
      putDevice(transaction, tenant, {
        hash,
        ...contact,
        linkCodeSalt,
        failedAttempts: 0,
        codes,
        expiry: expiryOf(tenant, createdAt),
      });
    });
    return { ...code, createdAt };
  }

  /**
   * Makes another code for a device.
   *
   * @throws BadEncoding
   * @returns why it failed: the device does not exist, or has a code with these digits
   */
  async createAnotherCode(
    tenant: Tenant,
    deviceId: string,
    userInputCode: string | undefined,
  ): Promise<CreatedCode | 'restart' | 'code used'> {
    const hash = hashOfDeviceId(deviceId);
    return this.#users.transact((transaction) => {
      const device = getDevice(transaction, tenant, hash);
      if (device === undefined) return 'restart';
      for (;;) {
        const code = newCode(userInputCode, { id: deviceId, linkCodeSalt: device.linkCodeSalt });
        if (deviceOfCode(transaction, tenant, { linkCodeHash: code.linkCodeHash }) !== undefined) {
          if (userInputCode !== undefined) return 'code used';
          continue; // the same six digits again
        }
        const createdAt = tenant.now();
        const codes = [...device.codes, { id: code.id, linkCodeHash: code.linkCodeHash, createdAt }];
        putDevice(transaction, tenant, { ...device, codes, expiry: expiryOf(tenant, createdAt) });
        return { ...code, deviceId, createdAt };
      }
    });
  }

  /** Checks a code without using it; a wrong one counts as an attempt. @throws BadEncoding */
  async check(tenant: Tenant, shown: ShownCode, deviceIdHash: string): Promise<Device | CodeRefusal> {
    return this.#users.transact((transaction) => checkCode(transaction, tenant, shown, deviceIdHash));
  }

  /**
   * Logs in the user with the email or phone number, or signs up a new one. Uses up all codes for it.
   *
   * @param verifiesEmail whether an email counts as verified by that
   * @throws BadEncoding
   */
  async consume(
    app: Tenant,
    tenant: Tenant,
    shown: ShownCode,
    deviceIdHash: string,
    verifiesEmail: boolean,
  ): Promise<(Login & { readonly isNew: boolean; readonly device: Device }) | CodeRefusal> {
    return this.#users.transact((transaction) => {
      const device = checkCode(transaction, tenant, shown, deviceIdHash);
      if ('reason' in device) return device;
      const contact = contactOf(device);
      removeDevicesOf(transaction, tenant, contact);
      const existing = methodOf(transaction, app, tenant, contact);
      // Nobody in the tenant has it, so nothing can clash.
      const method =
        existing ?? (addLoginMethod(transaction, app, [tenant], { recipe: 'passwordless', ...contact }) as LoginMethod);
      const { email, phoneNumber } = method;
      if (email !== undefined) removeDevicesOf(transaction, tenant, { email });
      if (phoneNumber !== undefined) removeDevicesOf(transaction, tenant, { phoneNumber });
      const base = loginOf(transaction, this.#users, app, method);
      const isVerified = verifiesEmail && 'email' in contact;
      const login = isVerified ? withVerifiedEmail(transaction, app, base, method) : base;
      this.#activeUsers.note(transaction, app.app, login.ownUserId, tenant.now());
      return { ...login, isNew: existing === undefined, device };
    });
  }

  /** Revokes a code, and removes the device with its last code. */
  async removeCode(tenant: Tenant, id: string): Promise<void> {
    await this.#users.transact((transaction) => {
      const device = deviceOfCode(transaction, tenant, { id });
      if (device === undefined) return;
      const codes = device.codes.filter((code) => code.id !== id);
      if (codes.length === 0) removeDevice(transaction, tenant, device.hash);
      else putDevice(transaction, tenant, { ...device, codes });
    });
  }

  async removeDevice(tenant: Tenant, deviceIdHash: string): Promise<void> {
    await this.#users.transact((transaction) => removeDevice(transaction, tenant, deviceIdHash));
  }

  async removeCodesOf(tenant: Tenant, contact: Contact): Promise<void> {
    await this.#users.transact((transaction) => removeDevicesOf(transaction, tenant, contact));
  }

  async device(tenant: Tenant, deviceIdHash: string): Promise<Device | undefined> {
    return this.#users.read((reader) => getDevice(reader, tenant, deviceIdHash));
  }

  async devicesOf(tenant: Tenant, contact: Contact): Promise<Device[]> {
    return this.#users.read((reader) => devicesOf(reader, tenant, contact));
  }

  /** The user of a login method of this recipe, with this login method alone. */
  async byId(app: Tenant, id: string): Promise<UserView | undefined> {
    return this.#users.read((reader) => {
      const user = ofMethod(reader, app, toOwnId(reader, app, id), 'passwordless');
      return user && this.#users.view(reader, app, user);
    });
  }

  async byContact(app: Tenant, tenant: Tenant, contact: Contact): Promise<UserView | undefined> {
    return this.#users.read((reader) => {
      const user =
        'email' in contact
          ? usersByEmail(reader, app, contact.email, tenant).find((each) =>
              hasByEmail(each, 'passwordless', contact.email),
            )
          : usersByPhoneNumber(reader, app, contact.phoneNumber, tenant)[0];
      return user && this.#users.view(reader, app, user);
    });
  }

  /** Changes the email and the phone number of a login method. Codes for the old and new ones become invalid. */
  async change(app: Tenant, id: string, change: ContactChange): Promise<ContactRefusal | undefined> {
    return this.#users.transact((transaction) => {
      const method = getLoginMethod(transaction, app, toOwnId(transaction, app, id));
      if (method?.recipe !== 'passwordless') return 'unknown user';
      const email = change.email === undefined ? method.email : (change.email ?? undefined);
      const phoneNumber = change.phoneNumber === undefined ? method.phoneNumber : (change.phoneNumber ?? undefined);
      if (email === undefined && phoneNumber === undefined) return 'no contact';
      const user = getUser(transaction, app, method.id) as User;
      if (email !== method.email) {
        const refusal = changeOne(transaction, app, user, method, { email });
        if (refusal !== undefined) return refusal;
      }
      if (phoneNumber !== method.phoneNumber) {
        const refusal = changeOne(transaction, app, user, { ...method, ...only('email', email) }, { phoneNumber });
        if (refusal !== undefined) {
          transaction.rollback();
          return refusal;
        }
      }
      return undefined;
    });
  }
}

function only(name: 'email', value: string | undefined): Partial<LoginMethod> {
  return { [name]: value } as Partial<LoginMethod>;
}

function changeOne(
  transaction: Transaction,
  app: Tenant,
  user: User,
  method: LoginMethod,
  change: { readonly email: string | undefined } | { readonly phoneNumber: string | undefined },
): ContactRefusal | undefined {
  const isEmail = 'email' in change;
  const before = isEmail ? method.email : method.phoneNumber;
  const after = isEmail ? change.email : change.phoneNumber;
  const contact = (value: string): Contact => (isEmail ? { email: value } : { phoneNumber: value });
  if (after !== undefined && isTakenByPrimary(transaction, app, user, contact(after))) {
    return isEmail ? 'email of a primary user' : 'phone number of a primary user';
  }
  const clash = changeLoginMethod(transaction, app, method, change as Partial<LoginMethod>);
  if (clash !== undefined) return isEmail ? 'email taken' : 'phone number taken';
  for (const space of method.tenants) {
    for (const value of [before, after]) {
      if (value !== undefined) removeDevicesOf(transaction, { space }, contact(value));
    }
  }
  return undefined;
}

function contactOf({ email, phoneNumber }: Device): Contact {
  return email === undefined ? { phoneNumber: phoneNumber as string } : { email };
}

function methodOf(reader: Reader, app: Tenant, tenant: Tenant, contact: Contact): LoginMethod | undefined {
  const methods =
    'email' in contact
      ? methodsByEmail(reader, app, contact.email, tenant)
      : methodsByPhoneNumber(reader, app, contact.phoneNumber, tenant);
  return methods.find(({ recipe }) => recipe === 'passwordless');
}

function expiryOf({ settings }: Tenant, createdAt: number): number {
  return createdAt + settings.passwordless_code_lifetime;
}

// A link is looked up by the hash of its code, so there is no comparison that an attacker could time.
function checkCode(
  transaction: Transaction,
  tenant: Tenant,
  shown: ShownCode,
  deviceIdHash: string,
): Device | CodeRefusal {
  const now = tenant.now();
  const isOver = ({ createdAt }: { createdAt: number }) => expiryOf(tenant, createdAt) < now;
  let device: Device | undefined;
  let linkCodeHash: string;
  if ('linkCode' in shown) {
    linkCodeHash = hashOfLinkCode(shown.linkCode);
    device = deviceOfCode(transaction, tenant, { linkCodeHash });
    const code = device?.codes.find((each) => each.linkCodeHash === linkCodeHash);
    if (device === undefined || code === undefined || isOver(code)) return RESTART;
  } else {
    device = getDevice(transaction, tenant, hashOfDeviceId(shown.deviceId));
    if (device === undefined) return RESTART;
    linkCodeHash = hashOfDigits(shown.deviceId, device.linkCodeSalt, shown.userInputCode);
  }
  if (!isSameSecret(device.hash, deviceIdHash.replaceAll('=', ''))) return { reason: 'other device' };
  const mostAttempts = tenant.settings.passwordless_max_code_input_attempts;
  const lockOut = (locked: Device): CodeRefusal => {
    removeDevice(transaction, tenant, locked.hash);
    return RESTART;
  };
  // The settings may have changed.
  if (device.failedAttempts >= mostAttempts) return lockOut(device);
  const code = device.codes.find((each) => each.linkCodeHash === linkCodeHash);
  if (code !== undefined && !isOver(code)) return device;
  const failedAttempts = device.failedAttempts + 1;
  if (failedAttempts >= mostAttempts) return lockOut(device);
  putDevice(transaction, tenant, { ...device, failedAttempts });
  return { reason: code === undefined ? 'incorrect' : 'expired', failedAttempts, mostAttempts };
}
