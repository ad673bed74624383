import { type RecipeInterface, Error as SessionError } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { logDebugMessage } from '../shared/debug.js';
import { type Discards, LONGEST_EXPIRY } from './discards.js';
import { type AccessTokenLifetimes, CLOCK_LAG } from './lifetimes.js';
import type { Settings } from './options.js';
import { type Place, placeOfHandle } from './place.js';
import { outlivedTokenIds, type TokenRecord, tokenId, tokenIds } from './token-record.js';
import type { TokenStore } from './token-store.js';

/** Replaced tokens are retired together, at multiples of this many milliseconds. */
const RETIREMENT_TICK = 100;

/** A record that has a token. */
export type RecordWithToken = TokenRecord & { readonly secret: string };

/** The parts that {@link Rotations} uses. */
export interface RotationParts {
  readonly original: RecipeInterface;
  readonly settings: Settings;
  readonly store: TokenStore;
  readonly discards: Discards;
  readonly lifetimes: AccessTokenLifetimes;
}

/**
 * Replaces a session's token by the next generation: first in FaunaDB, where only one process can create the next id, then
 * in the session. If the process dies between the two, the orphaned token ends by the next rotation, a sweep, or its ttl.
 */
export class Rotations {
  readonly #parts: RotationParts;
  /** The rotations under way in this process, by the token they replace. Concurrent requests share one. */
  readonly #underWay = new Map<string, Promise<RecordWithToken>>();

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  /** Creates and records the next token, or returns the one that another request or process is creating. */
  rotate(place: Place, record: TokenRecord, refreshId: string | undefined): Promise<RecordWithToken> {
    const key = `${place.handle} ${record.generation}`;
    const shared = this.#underWay.get(key);
    if (shared !== undefined) return shared;
    const rotation = this.#rotate(place, record, refreshId).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, rotation);
    return rotation;
  }

  /** Returns the rotation of this token that is under way in this process, if any. */
  underWay(place: Place, record: TokenRecord): Promise<RecordWithToken> | undefined {
    return this.#underWay.get(`${place.handle} ${record.generation}`);
  }

  /** The lifetime of a token created now, in milliseconds. */
  lifetimeOf({ remainingLifetime, user }: Pick<Place, 'remainingLifetime' | 'user'>): number {
    const { settings, lifetimes } = this.#parts;
    const remaining = Math.max(0, remainingLifetime ?? lifetimes.expected(user.tenantId));
    return settings.tokenLifetime ?? remaining + CLOCK_LAG;
  }

  /** Removes the old token from a session whose new token could not be created: it is about to become invalid. */
  async withoutToken(place: Place, record: TokenRecord): Promise<void> {
    const { lineage, generation } = record;
    // If only the answer was lost, the next generation's id is taken: skip that generation.
    const skipped: TokenRecord = { lineage, generation: generation + 1 };
    this.#reconcileLater(place, skipped);
    void this.#retireLegacyToken(place, record);
    try {
      await place.save((await newerRecord(place.readFromCore(), generation)) ?? skipped);
    } catch (error) {
      if (SessionError.isErrorFromSuperTokens(error)) throw error;
      logDebugMessage(`the replaced token could not be removed from session ${place.handle}: ${String(error)}`);
    }
  }

  async #rotate(place: Place, record: TokenRecord, refreshId: string | undefined): Promise<RecordWithToken> {
    const { store } = this.#parts;
    const { lineage, generation } = record;
    const lifetime = this.lifetimeOf(place);
    const next: TokenRecord = { lineage, generation: generation + 1, refreshId };
    for (;;) {
      const ours = await store.rotate(place.user, record, next, lifetime);
      if (ours !== undefined) {
        this.#retireLater(place, record);
        await this.#record(place, ours);
        await this.#retireLegacyToken(place, record);
        return ours;
      }
      const theirs = await this.#awaitTheirs(place, generation);
      if (theirs !== undefined) {
        await place.save(theirs);
        return theirs;
      }
    }
  }

  /** Retires the replaced token, once the streams that are open with it have had time to move to the new one. */
  #retireLater({ user, handle }: Place, { lineage, generation, secret }: TokenRecord): void {
    const { settings, store, discards } = this.#parts;
    if (settings.handover === 0 || secret === undefined || generation < 0) return;
    const expiry = Date.now() + LONGEST_EXPIRY;
    const attempt = () => store.retire(user, tokenId(lineage, generation));
    // Many retire on the same tick, so that they share a request to FaunaDB.
    const wait = settings.handover - (Date.now() % RETIREMENT_TICK);
    const retire = () => void discards.deletions.delete({ user, sessionHandles: [handle], expiry, attempt });
    setTimeout(retire, Math.max(0, wait)).unref();
  }

  /** Retires a legacy token. Its secret is the only way to find it, so do this before the session loses the secret. */
  async #retireLegacyToken({ user, handle }: Place, { generation, secret }: TokenRecord): Promise<void> {
    if (generation >= 0 || secret === undefined) return;
    await this.#parts.discards.retireLegacyToken(user, secret, handle);
  }

  /** Records a new token. If the session has ended meanwhile, deletes the token. */
  async #record(place: Place, ours: RecordWithToken): Promise<void> {
    try {
      await place.save(ours);
    } catch (error) {
      if (SessionError.isErrorFromSuperTokens(error)) {
        await this.#parts.discards.discard(place.user, [ours], [place.handle]);
      } else {
        // The token is recorded if only the Core's answer was lost.
        this.#reconcileLater(place, ours);
      }
      throw error;
    }
  }

  /** Waits until the token that another process is creating appears in the Core; undefined if it does not. */
  async #awaitTheirs(place: Place, generation: number): Promise<RecordWithToken | undefined> {
    const deadline = Date.now() + this.#parts.store.raceWindow;
    for (let pause = 20; Date.now() < deadline; pause = Math.min(pause * 2, 250)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const theirs = await newerRecord(place.readFromCore(), generation);
      if (theirs !== undefined) return theirs;
    }
    return undefined;
  }

  /** Cleans up after a rotation with an unknown outcome, once every process that may be working on it has finished. */
  #reconcileLater({ user, handle }: Place, { lineage, generation }: TokenRecord): void {
    const { original, settings, store, discards } = this.#parts;
    // The previous token, and the older one that a revocation no longer finds and that the rotation may not have deleted.
    const earlier = [
      ...outlivedTokenIds({ lineage, generation: generation - 1 }),
      ...tokenIds(lineage, [generation - 1]),
    ];
    const ids = [...earlier, tokenId(lineage, generation)];
    const attempt = async () => {
      const place = await placeOfHandle(original, settings, handle, {} as UserContext);
      if (place === undefined) {
        // Its tokens were deleted when the session ended, except one that FaunaDB created after that.
        return store.remove(user, ids);
      }
      const carried = await place.read();
      if (carried === undefined) return;
      if (carried.generation < generation) {
        void this.#retireLegacyToken(place, carried);
        await place.save({ lineage, generation });
      }
      const isCarried = carried.generation === generation && carried.secret !== undefined;
      await store.removeUnfinished(user, isCarried ? earlier : ids);
    };
    const deletion = { user, sessionHandles: [handle], expiry: Date.now() + LONGEST_EXPIRY, attempt };
    store.afterRaces(() => void discards.deletions.delete(deletion));
  }
}

/** Returns the record if it has a token of a later generation. */
async function newerRecord(
  record: Promise<TokenRecord | undefined>,
  generation: number,
): Promise<RecordWithToken | undefined> {
  const read = await record;
  if (read?.secret === undefined || read.generation <= generation) return undefined;
  return { ...read, secret: read.secret };
}
