import type { Store, Transaction, Value } from '@supertokens-faunadb/store';
import { BadRequest } from '../common/errors.js';
import { hasMoreValues, type Json, type JsonObject, MOST_VALUES } from '../json/json.js';
import { key } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from './user-data.js';

/** The limits of one user's metadata are those of a request, so that repeated updates cannot exceed them. */
const MOST_BYTES = 10 * 1024 * 1024;
/** Maximum characters of metadata in one answer. */
const MOST_READ = 16 * 1024 * 1024;

/** What an application keeps about its users: one JSON object each. */
export class UserMetadata {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns the object as JSON; that of an unknown user is `undefined` */
  async get(app: Tenant, userId: string): Promise<string | undefined> {
    return settled(this.#store.read((reader) => textOf(reader.get(place(app, userId)))));
  }

  /** @throws BadRequest when those of so many users do not fit in an answer */
  async getAll(app: Tenant, userIds: readonly string[]): Promise<(string | undefined)[]> {
    const found: (string | undefined)[] = [];
    let length = 0;
    for (const userId of userIds) {
      const text = await this.get(app, userId);
      length += text?.length ?? 0;
      if (length > MOST_READ)
        throw new BadRequest('The metadata of these users is too large for one answer: query fewer');
      found.push(text);
      if (length > 0) await new Promise(setImmediate);
    }
    return found;
  }

  /**
   * Merges `update` into the metadata, name by name; null removes a name.
   *
   * @returns the result
   * @throws BadRequest when it is too large
   */
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
  const text = Buffer.from(JSON.stringify(after));
  if (text.length > MOST_BYTES) throw new BadRequest(`The metadata of a user has more than ${MOST_BYTES} bytes`);
  if (hasMoreValues(after, MOST_VALUES))
    throw new BadRequest(`The metadata of a user has more than ${MOST_VALUES} values`);
  transaction.put(place(app, userId), text);
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

function textOf(value: Value | undefined): string | undefined {
  return value && Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
}
