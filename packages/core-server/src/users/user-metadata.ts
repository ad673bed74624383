import type { Store, Transaction } from '@supertokens-faunadb/store';
import type { Json, JsonObject } from '../json/json.js';
import { key } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from './user-data.js';

/** What an application keeps about its users: one JSON object each. */
export class UserMetadata {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async get(app: Tenant, userId: string): Promise<JsonObject | undefined> {
    return settled(this.#store.read((reader) => getJson<JsonObject>(reader, place(app, userId))));
  }

  async getAll(app: Tenant, userIds: readonly string[]): Promise<(JsonObject | undefined)[]> {
    return settled(
      this.#store.read((reader) => userIds.map((userId) => getJson<JsonObject>(reader, place(app, userId)))),
    );
  }

  /** Merges `update` into the metadata, name by name; null removes a name. @returns the result */
  async update(app: Tenant, userId: string, update: JsonObject): Promise<JsonObject> {
    return settled(this.#store.transact((transaction) => putMetadata(transaction, app, userId, update)));
  }

  async remove(app: Tenant, userId: string): Promise<void> {
    await settled(this.#store.transact((transaction) => transaction.remove(place(app, userId))));
  }
}

/** Merges `update` into the metadata, as {@link UserMetadata.update} does. */
export function putMetadata(transaction: Transaction, app: Tenant, userId: string, update: JsonObject): JsonObject {
  const before = getJson<JsonObject>(transaction, place(app, userId)) ?? {};
  const merged = new Map<string, Json>(Object.entries(before));
  for (const [name, value] of Object.entries(update)) {
    merged.delete(name);
    if (value !== null) merged.set(name, value);
  }
  const after = Object.fromEntries(merged);
  putJson(transaction, place(app, userId), after);
  return after;
}

export const METADATA_OF_USERS: UserData = {
  recipe: 'UserMetadata',
  isUsed: (reader, app, _, userId) => reader.get(place(app, userId)) !== undefined,
  remove: (transaction, app, _, userId) => transaction.remove(place(app, userId)),
};

function place(app: Tenant, userId: string): Uint8Array {
  return key(app.space, 'user-metadata', userId);
}
