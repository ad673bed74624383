import type { Reader, Store, Transaction } from '@supertokens-faunadb/store';
import { settled } from '../storage/settled.js';
import { transactInParts } from '../storage/too-much.js';
import type { Tenant, Tenants } from '../tenants/tenants.js';
import { type Clash, getLoginMethod, type LoginMethod, type ThirdPartyInfo } from './login-method.js';
import { getUser, isIn, type User, usersByEmail, usersByPhoneNumber, usersByThirdParty } from './user.js';
import { addToTenant, removeFromTenant } from './user-changes.js';
import type { LoginMethodData, UserData } from './user-data.js';
import { resolveId, resolveKnownId, toOwnId } from './user-ids.js';
import { type UserView, viewOfUser } from './user-json.js';
import { countUsers, listUsers, type PageOfUsers, type Place } from './user-list.js';
import { type AppUserData, removeUser } from './user-removal.js';
import { type SearchTags, searchUserIds } from './user-search.js';

/** Criteria to find users by. */
export interface AccountInfo {
  readonly email?: string;
  readonly phoneNumber?: string;
  readonly thirdParty?: ThirdPartyInfo;
  readonly credentialId?: string;
}

/** Why a login method cannot be in a tenant. */
export type TenantRefusal = Clash | { readonly primaryUserWith: Clash; readonly userId: string };

/** List entries to read before serving other requests. */
const SCANNED = 500;
/** Users to read before serving other requests. */
const VIEWED = 100;

/** The users of apps, however they log in. */
export class Users {
  readonly #store: Store;
  readonly #tenants: Tenants;
  readonly #userData: readonly UserData[];
  readonly #loginMethodData: readonly LoginMethodData[];

  constructor(
    store: Store,
    tenants: Tenants,
    userData: readonly UserData[],
    loginMethodData: readonly LoginMethodData[],
  ) {
    this.#store = store;
    this.#tenants = tenants;
    this.#userData = userData;
    this.#loginMethodData = loginMethodData;
  }

  /** Runs `work` and resolves with its result once all that it read is durable. */
  async read<T>(work: (reader: Reader) => T): Promise<T> {
    return settled(this.#store.read(work));
  }

  /** Runs `work` and resolves with its result once its changes are durable. */
  async transact<T>(work: (transaction: Transaction) => T): Promise<T> {
    return transactInParts(this.#store, work);
  }

  /** A user as answers show one. */
  view(reader: Reader, app: Tenant, user: User): UserView {
    return viewOfUser(reader, app, this.#tenants.ofApp(app.app), user);
  }

  /** The user with an id, which may be a user's or a login method's, internal or external. */
  async get(app: Tenant, id: string): Promise<UserView | undefined> {
    return this.read((reader) => {
      const user = getUser(reader, app, toOwnId(reader, app, id));
      return user && this.view(reader, app, user);
    });
  }

  /** A login method's own id, for its own or its external id. */
  async ownIdOf(app: Tenant, id: string): Promise<string> {
    return this.read((reader) => toOwnId(reader, app, id));
  }

  /**
   * A tenant's users with an email, a phone number and so on, earliest joined first.
   *
   * @param needs whether a user must match `all` criteria, or `any`
   * @param byCredential finds the login method of a WebAuthn credential
   */
  async byAccountInfo(
    app: Tenant,
    tenant: Tenant,
    info: AccountInfo,
    needs: 'all' | 'any',
    byCredential: (reader: Reader, credentialId: string) => LoginMethod | undefined,
  ): Promise<UserView[]> {
    const { email, phoneNumber, thirdParty, credentialId } = info;
    return this.read((reader) => {
      const credential = credentialId === undefined ? undefined : byCredential(reader, credentialId);
      const found = [
        ...(email === undefined ? [] : usersByEmail(reader, app, email, tenant)),
        ...(phoneNumber === undefined ? [] : usersByPhoneNumber(reader, app, phoneNumber, tenant)),
        ...(thirdParty === undefined ? [] : usersByThirdParty(reader, app, thirdParty, tenant)),
        ...(credential === undefined ? [] : [getUser(reader, app, credential.id)]),
      ].filter((user) => user !== undefined);
      const users = [...new Map(found.map((user) => [user.id, user])).values()];
      return users
        .filter((user) => needs === 'any' || hasAll(user, info))
        .map((user) => this.view(reader, app, user))
        .sort((one, other) => one.timeJoined - other.timeJoined);
    });
  }

  /** A page of a tenant's users in the order in which they joined, and where the next page begins. */
  async list(app: Tenant, tenant: Tenant, page: PageOfUsers): Promise<{ users: UserView[]; next: Place | undefined }> {
    const places: Place[] = [];
    for (let { from } = page; ; ) {
      // The next page begins at the user after this page.
      const limit = page.limit + 1 - places.length;
      const { found, rest } = await this.read((reader) => listUsers(reader, tenant, { ...page, from, limit }, SCANNED));
      places.push(...found);
      if (rest === undefined || places.length > page.limit) break;
      from = rest;
      await new Promise(setImmediate);
    }
    const ids = places.slice(0, page.limit).map(({ id }) => id);
    return { users: await this.#viewAll(app, ids), next: places[page.limit] };
  }

  /** The users of a tenant who are found by `tags`, in the order in which they joined. */
  async search(app: Tenant, tenant: Tenant, tags: SearchTags, newestFirst: boolean): Promise<UserView[]> {
    const ids = await searchUserIds(this.#store, app, tenant, tags, newestFirst);
    return this.#viewAll(app, ids);
  }

  async #viewAll(app: Tenant, ids: readonly string[]): Promise<UserView[]> {
    const views: UserView[] = [];
    for (let at = 0; at < ids.length; at += VIEWED) {
      if (at > 0) await new Promise(setImmediate);
      const some = await this.read((reader) => {
        const users = ids.slice(at, at + VIEWED).map((id) => getUser(reader, app, id));
        return users.filter((user) => user !== undefined).map((user) => this.view(reader, app, user));
      });
      views.push(...some);
    }
    return views;
  }

  /** Counts the users of `tenants` together who log in by one of `recipes`, or by any if none is named. */
  async count(app: Tenant, tenants: readonly Tenant[], recipes: readonly string[]): Promise<number> {
    return this.read((reader) => countUsers(reader, app, tenants, recipes));
  }

  /** @returns whether it was added; why it cannot be added; `undefined` when there is no such login method */
  async addToTenant(app: Tenant, tenant: Tenant, id: string): Promise<boolean | TenantRefusal | undefined> {
    return this.transact((transaction) => {
      const own = toOwnId(transaction, app, id);
      const method = getLoginMethod(transaction, app, own);
      const user = getUser(transaction, app, own);
      const refusal = user?.isPrimary ? refusalOfPrimary(transaction, app, tenant, user, own) : undefined;
      if (refusal !== undefined) return refusal;
      return method && addToTenant(transaction, app, tenant, method);
    });
  }

  /**
   * Removes a login method from a tenant, with its user's data there.
   *
   * @returns whether anything was removed; `undefined` when the id is unknown
   */
  async removeFromTenant(app: Tenant, tenant: Tenant, id: string): Promise<boolean | undefined> {
    return this.transact((transaction) => {
      if (!this.knows(transaction, app, id)) return undefined;
      const { id: own, mapping } = resolveId(transaction, app, id);
      const dataId = mapping?.externalUserId ?? own;
      let wasThere = false;
      for (const data of this.#userData) {
        if (data.removeFromTenant?.(transaction, app, tenant, dataId)) wasThere = true;
      }
      const method = getLoginMethod(transaction, app, own);
      return (method !== undefined && removeFromTenant(transaction, app, tenant, method)) || wasThere;
    });
  }

  /** Removes a user who signed up, with all of the user's data. Does nothing for any other id. */
  async remove(app: Tenant, id: string, removesAllLinked: boolean): Promise<void> {
    await this.transact((transaction) => {
      const { mapping } = resolveId(transaction, app, id);
      removeUser(transaction, this.dataOf(app), id, removesAllLinked, mapping);
    });
  }

  /** Whether an id is a user's, or has data. */
  knows(reader: Reader, app: Tenant, id: string): boolean {
    return resolveKnownId(reader, app, id) !== undefined || this.dataUnder(reader, app, id).length > 0;
  }

  /** The recipes that have data under a user's id. */
  dataUnder(reader: Reader, app: Tenant, userId: string): string[] {
    const tenants = this.#tenants.ofApp(app.app);
    return this.#userData.filter((data) => data.isUsed(reader, app, tenants, userId)).map(({ recipe }) => recipe);
  }

  /** Moves the data of one id to another, for recipes that support it. */
  renameData(transaction: Transaction, app: Tenant, from: string, to: string): void {
    for (const data of this.#userData) data.rename?.(transaction, app, this.#tenants.ofApp(app.app), from, to);
  }

  /** The data of an app's users. */
  dataOf(app: Tenant): AppUserData {
    const [userData, loginMethodData] = [this.#userData, this.#loginMethodData];
    return { app, tenants: this.#tenants.ofApp(app.app), userData, loginMethodData };
  }
}

function hasAll({ loginMethods }: User, { email, phoneNumber, thirdParty, credentialId }: AccountInfo): boolean {
  const has = (test: (method: LoginMethod) => boolean) => loginMethods.some(test);
  const { id, userId } = thirdParty ?? {};
  return (
    (email === undefined || has((method) => method.email === email)) &&
    (phoneNumber === undefined || has((method) => method.phoneNumber === phoneNumber)) &&
    (thirdParty === undefined ||
      has((method) => method.thirdParty?.id === id && method.thirdParty?.userId === userId)) &&
    (credentialId === undefined || has((method) => method.credentialIds?.includes(credentialId) ?? false))
  );
}

/**
 * Why a primary user cannot be added to a tenant: someone there has the same email, phone number or third-party id as one of
 * the user's login methods, in the same recipe or as another primary user.
 */
function refusalOfPrimary(
  reader: Reader,
  app: Tenant,
  { space }: Tenant,
  user: User,
  id: string,
): TenantRefusal | undefined {
  const isOther = (other: User) => other.id !== user.id && other.id !== id && isIn(other, space);
  const check = (
    what: Clash,
    others: readonly User[],
    isSame: (own: LoginMethod, theirs: LoginMethod) => boolean,
  ): TenantRefusal | undefined => {
    const other = others.find(isOther);
    if (other === undefined) return undefined;
    const isDuplicate = other.loginMethods.some(
      (theirs) =>
        theirs.tenants.includes(space) &&
        user.loginMethods.some((own) => own.recipe === theirs.recipe && isSame(own, theirs)),
    );
    return isDuplicate ? what : { primaryUserWith: what, userId: other.id };
  };
  for (const email of valuesOf(user, ({ email }) => email)) {
    const others = usersByEmail(reader, app, email).filter(({ isPrimary }) => isPrimary);
    const refusal = check('email', others, (own, theirs) => own.email === email && theirs.email === email);
    if (refusal !== undefined) return refusal;
  }
  for (const phone of valuesOf(user, ({ phoneNumber }) => phoneNumber)) {
    const isSame = (own: LoginMethod, theirs: LoginMethod) => own.phoneNumber === phone && theirs.phoneNumber === phone;
    const refusal = check('phone number', usersByPhoneNumber(reader, app, phone), isSame);
    if (refusal !== undefined) return refusal;
  }
  for (const { thirdParty } of user.loginMethods) {
    if (thirdParty === undefined) continue;
    const isIt = (method: LoginMethod) =>
      method.thirdParty?.id === thirdParty.id && method.thirdParty.userId === thirdParty.userId;
    const isSame = (own: LoginMethod, theirs: LoginMethod) => isIt(own) && isIt(theirs);
    const refusal = check('third party', usersByThirdParty(reader, app, thirdParty), isSame);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function valuesOf(user: User, pick: (method: LoginMethod) => string | undefined): Set<string> {
  return new Set(user.loginMethods.map(pick).filter((value) => value !== undefined));
}
