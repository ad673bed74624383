import type { Reader, Store } from '@supertokens-faunadb/store';
import { key } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';

/** The id by which an application calls a user, beside the one that the user has had since signing up. */
export interface UserIdMapping {
  readonly superTokensUserId: string;
  readonly externalUserId: string;
  readonly externalUserIdInfo: string | null;
}

/** Which of the two ids is given. */
export type UserIdType = 'SUPERTOKENS' | 'EXTERNAL' | 'ANY';

/** The mappings of apps: each id, of either kind, is in one at most. */
export class UserIdMappings {
  constructor(private readonly store: Store) {}

  async find(app: Tenant, id: string, type: UserIdType = 'ANY'): Promise<UserIdMapping | undefined> {
    return settled(this.store.read((reader) => find(reader, app, id, type)));
  }

  /** @returns which of the ids was mapped already, when one was: then nothing is changed */
  async create(
    app: Tenant,
    mapping: UserIdMapping,
  ): Promise<{ superTokensUserId: boolean; externalUserId: boolean } | undefined> {
    return settled(
      this.store.transact((transaction) => {
        const taken = {
          superTokensUserId: find(transaction, app, mapping.superTokensUserId, 'SUPERTOKENS') !== undefined,
          externalUserId: find(transaction, app, mapping.externalUserId, 'EXTERNAL') !== undefined,
        };
        if (taken.superTokensUserId || taken.externalUserId) return taken;
        putJson(transaction, internalKey(app, mapping.superTokensUserId), mapping);
        putJson(transaction, externalKey(app, mapping.externalUserId), mapping.superTokensUserId);
        return undefined;
      }),
    );
  }

  /** @returns whether there is such a mapping */
  async updateInfo(app: Tenant, id: string, type: UserIdType, externalUserIdInfo: string | null): Promise<boolean> {
    return settled(
      this.store.transact((transaction) => {
        const mapping = find(transaction, app, id, type);
        if (mapping === undefined) return false;
        putJson(transaction, internalKey(app, mapping.superTokensUserId), { ...mapping, externalUserIdInfo });
        return true;
      }),
    );
  }

  /** @returns whether there was such a mapping */
  async remove(app: Tenant, id: string, type: UserIdType = 'ANY'): Promise<boolean> {
    return settled(
      this.store.transact((transaction) => {
        const mapping = find(transaction, app, id, type);
        if (mapping === undefined) return false;
        transaction.remove(internalKey(app, mapping.superTokensUserId));
        transaction.remove(externalKey(app, mapping.externalUserId));
        return true;
      }),
    );
  }
}

function find(reader: Reader, app: Tenant, id: string, type: UserIdType): UserIdMapping | undefined {
  const byInternal = type === 'EXTERNAL' ? undefined : getJson<UserIdMapping>(reader, internalKey(app, id));
  if (byInternal !== undefined || type === 'SUPERTOKENS') return byInternal;
  const internal = getJson<string>(reader, externalKey(app, id));
  return internal === undefined ? undefined : getJson<UserIdMapping>(reader, internalKey(app, internal));
}

function internalKey(app: Tenant, superTokensUserId: string): Uint8Array {
  return key(app.space, 'user-id-mapping', superTokensUserId);
}

function externalKey(app: Tenant, externalUserId: string): Uint8Array {
  return key(app.space, 'external-user-id', externalUserId);
}
