import { DiskFailure, type Transaction } from '@supertokens-faunadb/store';
import { inSlices } from '../../common/in-slices.js';
import type { JsonObject } from '../../json/json.js';
import type { Passwords } from '../../passwords/passwords.js';
import type { Tenant, Tenants } from '../../tenants/tenants.js';
import { checkLink, checkPrimary } from '../../users/linking-checks.js';
import { type Clash, getLoginMethod } from '../../users/login-method.js';
import { addUserRole, roleNames } from '../../users/roles.js';
import { getUser, isUserId, type User } from '../../users/user.js';
import { addLoginMethod, addToTenant, link, makePrimary } from '../../users/user-changes.js';
import { findMapping, putMapping } from '../../users/user-id-mapping.js';
import type { UserView } from '../../users/user-json.js';
import { putMetadata } from '../../users/user-metadata.js';
import type { Users } from '../../users/users.js';
import { setEmailVerified } from '../../users/verified-emails.js';
import {
  type ImportContext,
  type ImportedMethod,
  type ImportedTotpDevice,
  type ImportedUser,
  primaryMethod,
  readImportedUser,
} from './import-user.js';
import {
  encodeQueued,
  getQueued,
  putQueued,
  type QueuedUser,
  type QueueStatus,
  queuedUsers,
  removeQueued,
} from './queue.js';

/** A user cannot be imported; lists all errors. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
  constructor(readonly errors: readonly string[]) {
    super(errors.join(' '));
  }
}

/** Adds a device that gives one-time passwords to a user. */
export type AddTotpDevice = (transaction: Transaction, app: Tenant, userId: string, device: ImportedTotpDevice) => void;

/** Queued users to read at once, and their bytes; other requests are served in between. */
const PAGE = 100;
const PAGE_BYTES = 256 * 1024;
/** The bytes of queued users at which an answer ends. */
const MOST_LISTED_BYTES = 16 * 1024 * 1024;

/** Normalises imported texts as a sign-up does. */
export type Normalisers = Pick<ImportContext, 'normaliseEmail' | 'normalisePhoneNumber'>;

/** Imports users from elsewhere, at once or from a queue. */
export class BulkImport {
  readonly #users: Users;
  readonly #tenants: Tenants;
  readonly #passwords: Passwords;
  readonly #addTotpDevice: AddTotpDevice;
  readonly #normalisers: Normalisers;

  constructor(
    users: Users,
    tenants: Tenants,
    passwords: Passwords,
    addTotpDevice: AddTotpDevice,
    normalisers: Normalisers,
  ) {
    this.#users = users;
    this.#tenants = tenants;
    this.#passwords = passwords;
    this.#addTotpDevice = addTotpDevice;
    this.#normalisers = normalisers;
  }

  /** Imports one user. @throws ImportFailed */
  async importUser(app: Tenant, input: JsonObject): Promise<UserView> {
    const user = readImportedUser(input, await this.#context(app, false));
    if ('errors' in user) throw new ImportFailed(user.errors);
    return this.#import(app, user);
  }

  /**
   * Queues users for import.
   *
   * @returns the users with their future ids, or the errors by user; on errors no user is queued
   */
  async enqueue(
    app: Tenant,
    inputs: readonly JsonObject[],
  ): Promise<QueuedUser[] | { index: number; errors: string[] }[]> {
    const context = await this.#context(app, false);
    const read = await inSlices(inTurn(inputs, (input) => readImportedUser(input, context)));
    const wrong = read.flatMap((user, index) => ('errors' in user ? [{ index, errors: user.errors }] : []));
    if (wrong.length > 0) return wrong;
    const now = app.now();
    const queued = read.map((each): QueuedUser => {
      const user = each as ImportedUser;
      return { id: primaryMethod(user).id, user, status: 'NEW', createdAt: now, updatedAt: now };
    });
    const values = await inSlices(inTurn(queued, encodeQueued));
    await this.#users.transact((transaction) => {
      for (const [index, each] of queued.entries()) putQueued(transaction, app, each, values[index]);
    });
    return queued;
  }

  /**
   * Users that are queued or failed to import, newest first: fewer than `limit` where they are large.
   *
   * @returns `next`: the first one that is left out
   */
  async queued(
    app: Tenant,
    limit: number,
    status: QueueStatus | undefined,
    from: { readonly id: string; readonly createdAt: number } | undefined,
  ): Promise<{ found: QueuedUser[]; next: QueuedUser | undefined }> {
    const found: QueuedUser[] = [];
    let listed = 0;
    for await (const { page, bytes } of this.#pages(app, from)) {
      for (const each of page) {
        if (status !== undefined && each.status !== status) continue;
        if (found.length === limit || listed >= MOST_LISTED_BYTES) return { found, next: each };
        found.push(each);
      }
      listed += bytes;
    }
    return { found, next: undefined };
  }

  async countQueued(app: Tenant, status: QueueStatus | undefined): Promise<number> {
    let count = 0;
    for await (const { page } of this.#pages(app)) {
      count += page.filter((each) => status === undefined || each.status === status).length;
    }
    return count;
  }

  /** Removes queued users. @returns the ids that existed */
  async dequeue(app: Tenant, ids: readonly string[]): Promise<string[]> {
    return this.#users.transact((transaction) => ids.filter((id) => removeQueued(transaction, app, id)));
  }

  /**
   * Imports the queued users of all apps, one after the other. A user with errors stays queued as failed, with the errors.
   *
   * @param report receives unexpected failures; those users are retried in the next run
   * @throws DiskFailure when the disk refuses writes
   */
  async processQueue(isStopped: () => boolean, report: (error: unknown) => void): Promise<void> {
    for (const name of this.#tenants.apps()) {
      const app = this.#tenants.find(name, 'public');
      if (app === undefined) continue;
      for await (const { page } of this.#pages(app)) {
        for (const { id, status } of page) {
          if (isStopped()) return;
          if (status !== 'NEW') continue;
          await this.#importQueued(app, id).catch((error: unknown) => {
            if (error instanceof DiskFailure) throw error;
            report(error);
          });
        }
      }
    }
  }

  /** The users who wait or could not be imported, newest first. @param from where to start */
  async *#pages(
    app: Tenant,
    from?: Pick<QueuedUser, 'id' | 'createdAt'>,
  ): AsyncGenerator<{ page: QueuedUser[]; bytes: number }> {
    for (let start = from; ; ) {
      const { next, ...page } = await this.#users.read((reader) => {
        const page: QueuedUser[] = [];
        let bytes = 0;
        for (const each of queuedUsers(reader, app, start)) {
          if (page.length === PAGE || bytes >= PAGE_BYTES) return { page, bytes, next: each.queued };
          page.push(each.queued);
          bytes += each.bytes;
        }
        return { page, bytes, next: undefined };
      });
      yield page;
      if (next === undefined) return;
      start = next;
      await new Promise(setImmediate);
    }
  }

  async #importQueued(app: Tenant, id: string): Promise<void> {
    const queued = await this.#users.read((reader) => getQueued(reader, app, id));
    if (queued === undefined || queued.status !== 'NEW') return;
    try {
      // Tenants and roles may be gone since.
      const checked = readImportedUser(inputOf(queued.user), await this.#context(app, true));
      if ('errors' in checked) throw new ImportFailed(checked.errors);
      await this.#import(app, checked, (transaction) => removeQueued(transaction, app, id));
    } catch (error) {
      if (!(error instanceof ImportFailed)) throw error;
      const failed: QueuedUser = {
        ...queued,
        status: 'FAILED',
        errorMessage: error.message,
        updatedAt: app.now(),
      };
      await this.#users.transact((transaction) => {
        if (getQueued(transaction, app, id) !== undefined) putQueued(transaction, app, failed);
      });
    }
  }

  async #context(app: Tenant, keepsIds: boolean): Promise<ImportContext> {
    const roles = await this.#users.read((reader) => roleNames(reader, app));
    const tenants = this.#tenants.ofApp(app.app);
    return { app, tenants, roles, externalUserIds: new Set(), keepsIds, ...this.#normalisers };
  }

  async #import(
    app: Tenant,
    user: ImportedUser,
    afterwards: (transaction: Transaction) => void = () => {},
  ): Promise<UserView> {
    const hashes = new Map<string, string>();
    for (const { id, passwordHash, plainTextPassword } of user.loginMethods) {
      const hash =
        passwordHash ??
        (plainTextPassword === undefined ? undefined : await this.#passwords.hash(plainTextPassword, app.settings));
      if (hash !== undefined) hashes.set(id, hash);
    }
    const done = await this.#users.transact((transaction) => {
      const errors = this.#put(transaction, app, user, hashes);
      if (errors.length > 0) {
        transaction.rollback();
        return errors;
      }
      afterwards(transaction);
      return this.#users.view(transaction, app, getUser(transaction, app, primaryMethod(user).id) as User);
    });
    if (Array.isArray(done)) throw new ImportFailed(done);
    return done as UserView;
  }

  /** @returns what stands in the way */
  #put(transaction: Transaction, app: Tenant, user: ImportedUser, hashes: ReadonlyMap<string, string>): string[] {
    const byId = new Map(this.#tenants.ofApp(app.app).map((tenant) => [tenant.id, tenant]));
    const tenantsOf = ({ tenantIds }: ImportedMethod) =>
      [...new Set(tenantIds)].map((id) => byId.get(id)).filter((tenant) => tenant !== undefined);
    const steps = [
      () => putMethods(transaction, app, user, hashes, tenantsOf),
      () => linkAll(transaction, app, user),
      () => putExternalId(transaction, app, user, (id) => this.#users.dataUnder(transaction, app, id)),
    ];
    for (const step of steps) {
      const errors = step();
      if (errors.length > 0) return errors;
    }
    const { id } = primaryMethod(user);
    const userId = user.externalUserId ?? id;
    for (const method of user.loginMethods) {
      if (!method.isVerified || method.email === undefined) continue;
      setEmailVerified(transaction, app, method.id === id ? userId : method.id, method.email);
    }
    for (const device of user.totpDevices ?? []) this.#addTotpDevice(transaction, app, userId, device);
    if (user.userMetadata !== undefined) putMetadata(transaction, app, userId, user.userMetadata);
    for (const { role, tenantIds } of user.userRoles ?? []) {
      for (const tenantId of tenantIds) {
        const tenant = byId.get(tenantId);
        if (tenant !== undefined) addUserRole(transaction, tenant, userId, role);
      }
    }
    return [];
  }
}

function* inTurn<From, To>(items: readonly From[], convert: (item: From) => To): Generator<void, To[]> {
  const converted: To[] = [];
  for (const item of items) {
    converted.push(convert(item));
    yield;
  }
  return converted;
}

function putMethods(
  transaction: Transaction,
  app: Tenant,
  { loginMethods }: ImportedUser,
  hashes: ReadonlyMap<string, string>,
  tenantsOf: (method: ImportedMethod) => Tenant[],
): string[] {
  for (const recipe of ['emailpassword', 'thirdparty', 'passwordless'] as const) {
    const errors: string[] = [];
    for (const method of loginMethods.filter((each) => each.recipe === recipe)) {
      const { id, timeJoined, email, phoneNumber, thirdParty } = method;
      const passwordHash = hashes.get(id);
      const put = addLoginMethod(transaction, app, tenantsOf(method).slice(0, 1), {
        id,
        recipe,
        timeJoined,
        ...(email !== undefined && { email }),
        ...(phoneNumber !== undefined && { phoneNumber }),
        ...(thirdParty && { thirdParty }),
        ...(passwordHash !== undefined && { passwordHash }),
      });
      if (typeof put === 'string') errors.push(existsAlready(method, put));
    }
    if (errors.length > 0) return errors;
  }
  return loginMethods.flatMap((method) =>
    tenantsOf(method)
      .slice(1)
      .flatMap((tenant) => {
        const stored = getLoginMethod(transaction, app, method.id);
        const added = stored && addToTenant(transaction, app, tenant, stored);
        return typeof added === 'string' ? [existsInTenant(method, tenant, added)] : [];
      })
      .slice(0, 1),
  );
}

function existsAlready({ recipe, email, phoneNumber, thirdParty }: ImportedMethod, clash: Clash): string {
  const { id, userId } = thirdParty ?? {};
  if (clash === 'third party') {
    return `E005: A user with thirdPartyId ${id} and thirdPartyUserId ${userId} already exists in thirdparty loginMethod.`;
  }
  if (clash === 'phone number') {
    return `E007: A user with phoneNumber ${phoneNumber} already exists in passwordless loginMethod.`;
  }
  const code = recipe === 'emailpassword' ? 'E003' : 'E006';
  return `${code}: A user with email ${email} already exists in ${recipe} loginMethod.`;
}

function existsInTenant({ id, email, phoneNumber, thirdParty }: ImportedMethod, tenant: Tenant, clash: Clash): string {
  const [code, what] =
    clash === 'email'
      ? ['E014', `email ${email}`]
      : clash === 'phone number'
        ? ['E015', `phoneNumber ${phoneNumber}`]
        : ['E016', `thirdPartyId ${thirdParty?.id} and thirdPartyUserId ${thirdParty?.userId}`];
  return `${code}: We tried to add the userId ${id} to the tenantId ${tenant.id} but another user with ${what} already exists.`;
}

function linkAll(transaction: Transaction, app: Tenant, user: ImportedUser): string[] {
  const { loginMethods } = user;
  if (loginMethods.length === 1 && !loginMethods[0]?.isPrimary) return [];
  const primary = primaryMethod(user);
  const checked = checkPrimary(transaction, app, primary.id);
  if ('reason' in checked) {
    return [
      `E022: We tried to create the primary user for the userId ${primary.id} but the account info is already associated with another primary user.`,
    ];
  }
  makePrimary(transaction, app, checked.user);
  return loginMethods.flatMap(({ id }) => {
    if (id === primary.id) return [];
    if ('reason' in checkLink(transaction, app, id, primary.id)) {
      return [
        `E027: We tried to link the userId ${id} to the primary userId ${primary.id} but the account info is already associated with another primary user.`,
      ];
    }
    link(transaction, app, id, primary.id);
    return [];
  });
}

function putExternalId(
  transaction: Transaction,
  app: Tenant,
  user: ImportedUser,
  dataUnder: (id: string) => readonly string[],
): string[] {
  const { externalUserId } = user;
  if (externalUserId === undefined) return [];
  if (findMapping(transaction, app, externalUserId, 'EXTERNAL') !== undefined) {
    return [`E031: A user with externalId ${externalUserId} already exists`];
  }
  if (isUserId(transaction, app, externalUserId)) {
    return ['E030: Cannot create a userId mapping where the externalId is also a SuperTokens userID'];
  }
  const superTokensUserId = primaryMethod(user).id;
  const [recipe] = dataUnder(superTokensUserId);
  if (recipe !== undefined) return [`E030: UserId is already in use in ${recipe} recipe`];
  putMapping(transaction, app, { superTokensUserId, externalUserId, externalUserIdInfo: null });
  return [];
}

/** A queued user, as the interface shows it. */
export function inputOf(user: ImportedUser): JsonObject {
  const { loginMethods, ...rest } = user;
  return JSON.parse(
    JSON.stringify({
      ...rest,
      loginMethods: loginMethods.map(({ id, recipe, timeJoined, thirdParty, ...method }) => ({
        ...method,
        recipeId: recipe,
        timeJoinedInMSSinceEpoch: timeJoined,
        ...(thirdParty && { thirdPartyId: thirdParty.id, thirdPartyUserId: thirdParty.userId }),
        superTokensUserId: id,
      })),
    }),
  ) as JsonObject;
}
