import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { keep, removeLater } from '../../storage/expiries.js';
import { key, keysUnder, partsOf } from '../../storage/key.js';
import { EMPTY, getJson, putJson } from '../../storage/value.js';
import type { Tenant } from '../../tenants/tenants.js';

/** Where codes were asked for, for an email or a phone number: the key is the hash of the device's id. */
export interface Device {
  readonly hash: string;
  readonly email?: string;
  readonly phoneNumber?: string;
  readonly linkCodeSalt: string;
  readonly failedAttempts: number;
  readonly codes: readonly Code[];
  /** When its last code expires, in milliseconds since the epoch. */
  readonly expiry: number;
}

/** A code of a device; it is valid from its creation on, for as long as the tenant's settings say. */
export interface Code {
  readonly id: string;
  readonly linkCodeHash: string;
  readonly createdAt: number;
}

/** How to find a device by its email or phone number. */
export type Contact = { readonly email: string } | { readonly phoneNumber: string };

export function getDevice(reader: Reader, { space }: Tenant, hash: string): Device | undefined {
  return getJson<Device>(reader, deviceKey(space, hash));
}

export function putDevice(transaction: Transaction, tenant: Tenant, device: Device): void {
  removeDevice(transaction, tenant, device.hash);
  const { space } = tenant;
  putJson(transaction, deviceKey(space, device.hash), device);
  for (const { id, linkCodeHash } of device.codes) {
    putJson(transaction, codeKey(space, id), device.hash);
    putJson(transaction, linkKey(space, linkCodeHash), device.hash);
  }
  for (const entry of contactKeys(space, device)) transaction.put(entry, EMPTY);
  removeLater(transaction, device.expiry, keysOf(space, device), nameOf(space, device));
}

export function removeDevice(transaction: Transaction, tenant: Tenant, hash: string): void {
  const device = getDevice(transaction, tenant, hash);
  if (device !== undefined) removeAt(transaction, tenant.space, device);
}

/** The device of a code, by the code's id or by the hash of its link's code. */
export function deviceOfCode(
  reader: Reader,
  tenant: Tenant,
  by: { readonly id: string } | { readonly linkCodeHash: string },
): Device | undefined {
  const entry = 'id' in by ? codeKey(tenant.space, by.id) : linkKey(tenant.space, by.linkCodeHash);
  const hash = getJson<string>(reader, entry);
  return hash === undefined ? undefined : getDevice(reader, tenant, hash);
}

export function devicesOf(reader: Reader, tenant: Tenant, contact: Contact): Device[] {
  return hashesOf(reader, tenant.space, contact)
    .map((hash) => getDevice(reader, tenant, hash))
    .filter((device) => device !== undefined);
}

export function removeDevicesOf(
  transaction: Transaction,
  { space }: { readonly space: string },
  contact: Contact,
): void {
  for (const hash of hashesOf(transaction, space, contact)) {
    const device = getJson<Device>(transaction, deviceKey(space, hash));
    if (device !== undefined) removeAt(transaction, space, device);
  }
}

function removeAt(transaction: Transaction, space: string, device: Device): void {
  for (const each of keysOf(space, device)) transaction.remove(each);
  keep(transaction, device.expiry, nameOf(space, device));
}

function keysOf(space: string, device: Device): Uint8Array[] {
  return [
    deviceKey(space, device.hash),
    ...contactKeys(space, device),
    ...device.codes.flatMap(({ id, linkCodeHash }) => [codeKey(space, id), linkKey(space, linkCodeHash)]),
  ];
}

function nameOf(space: string, { hash }: Device): string {
  return `${space} ${hash}`;
}

function hashesOf(reader: Reader, space: string, contact: Contact): string[] {
  const range = keysUnder(space, ...contactParts(contact));
  return Array.from(reader.range(range), ({ key: entry }) => partsOf(entry).at(-1) as string);
}

function contactKeys(space: string, { hash, email, phoneNumber }: Device): Uint8Array[] {
  return [
    ...(email === undefined ? [] : [key(space, ...contactParts({ email }), hash)]),
    ...(phoneNumber === undefined ? [] : [key(space, ...contactParts({ phoneNumber }), hash)]),
  ];
}

function contactParts(contact: Contact): string[] {
  return 'email' in contact ? ['device-of-email', contact.email] : ['device-of-phone', contact.phoneNumber];
}

function deviceKey(space: string, hash: string): Uint8Array {
  return key(space, 'device', hash);
}

function codeKey(space: string, id: string): Uint8Array {
  return key(space, 'code', id);
}

function linkKey(space: string, linkCodeHash: string): Uint8Array {
  return key(space, 'link-code', linkCodeHash);
}
