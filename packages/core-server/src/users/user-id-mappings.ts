import type { Store } from '@supertokens-faunadb/store';
import { settled } from '../storage/settled.js';
import type { Tenant } from '../tenants/tenants.js';
import { isUserId } from './user.js';
import { findMapping, putMapping, removeMapping, type UserIdMapping, type UserIdType } from './user-id-mapping.js';
import type { Users } from './users.js';

/** Why a user cannot have an external id. */
export type MappingRefusal =
  | { readonly reason: 'unknown user' }
  | { readonly reason: 'exists'; readonly ofUser: boolean; readonly ofExternalId: boolean }
  | { readonly reason: 'external id is a user' }
  | { readonly reason: 'in use'; readonly recipe: string };

/** The recipe whose data can be moved to another id. */
const MOVABLE = 'EmailVerification';

/** The user id mappings of apps. Each id, of either kind, is in one at most. */
export class UserIdMappings {
  readonly #store: Store;
  readonly #users: Users;

  constructor(store: Store, users: Users) {
    this.#store = store;
    this.#users = users;
  }

  /** The mapping of an internal or external id. */
  async find(app: Tenant, id: string, type: UserIdType = 'ANY'): Promise<UserIdMapping | undefined> {
    return settled(this.#store.read((reader) => findMapping(reader, app, id, type)));
  }

  /**
   * @param isForced also when the external id is another user's, or there are data under the user's own id
   * @param movesVerifiedEmails whether to move verified emails, if there are no other data
   */
  async create(
    app: Tenant,
    mapping: UserIdMapping,
    isForced: boolean,
    movesVerifiedEmails: boolean,
  ): Promise<MappingRefusal | undefined> {
    const { superTokensUserId, externalUserId } = mapping;
    return settled(
      this.#store.transact((transaction): MappingRefusal | undefined => {
        const ofExternal = findMapping(transaction, app, externalUserId, 'EXTERNAL');
        if (ofExternal !== undefined) {
          return { reason: 'exists', ofUser: ofExternal.superTokensUserId === superTokensUserId, ofExternalId: true };
        }
        if (!isUserId(transaction, app, superTokensUserId)) return { reason: 'unknown user' };
        let isMoved = false;
        if (!isForced) {
          if (isUserId(transaction, app, externalUserId)) return { reason: 'external id is a user' };
          const [first, ...others] = this.#users.dataUnder(transaction, app, superTokensUserId);
          isMoved = movesVerifiedEmails && first === MOVABLE && others.length === 0;
          if (first !== undefined && !isMoved) return { reason: 'in use', recipe: first };
        }
        if (findMapping(transaction, app, superTokensUserId, 'SUPERTOKENS') !== undefined) {
          return { reason: 'exists', ofUser: true, ofExternalId: false };
        }
        if (isMoved) this.#users.renameData(transaction, app, superTokensUserId, externalUserId);
        putMapping(transaction, app, mapping);
        return undefined;
      }),
    );
  }

  /** @returns whether there is such a mapping */
  async updateInfo(app: Tenant, id: string, type: UserIdType, externalUserIdInfo: string | null): Promise<boolean> {
    return settled(
      this.#store.transact((transaction) => {
        const exact = type === 'ANY' ? (isUserId(transaction, app, id) ? 'SUPERTOKENS' : 'EXTERNAL') : type;
        const mapping = findMapping(transaction, app, id, exact);
        if (mapping === undefined) return false;
        putMapping(transaction, app, { ...mapping, externalUserIdInfo });
        return true;
      }),
    );
  }

  /**
   * @param isForced also when there are data under the external id
   * @returns whether there was such a mapping, or why it cannot be removed
   */
  async remove(app: Tenant, id: string, type: UserIdType, isForced: boolean): Promise<boolean | MappingRefusal> {
    return settled(
      this.#store.transact((transaction) => {
        const isKnown =
          (type !== 'EXTERNAL' && isUserId(transaction, app, id)) ||
          (type !== 'SUPERTOKENS' && findMapping(transaction, app, id, type) !== undefined);
        const mapping = findMapping(transaction, app, id);
        if (!isKnown || mapping === undefined) return false;
        // If the external id is another user's, the data under it belong to that user.
        if (isUserId(transaction, app, mapping.externalUserId)) {
          return removeMapping(transaction, app, mapping.superTokensUserId, 'SUPERTOKENS');
        }
        if (!isForced) {
          const [recipe] = this.#users.dataUnder(transaction, app, mapping.externalUserId);
          if (recipe !== undefined) return { reason: 'in use', recipe };
        }
        const exact = type === 'ANY' ? (isUserId(transaction, app, id) ? 'SUPERTOKENS' : 'EXTERNAL') : type;
        return removeMapping(transaction, app, id, exact);
      }),
    );
  }
}
