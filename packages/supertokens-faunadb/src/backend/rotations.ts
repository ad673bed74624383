import { type RecipeInterface, Error as SessionError } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { logDebugMessage } from '../shared/debug.js';
import { type Discards, LONGEST_EXPIRY } from './discards.js';
import { type AccessTokenLifetimes, CLOCK_LAG } from './lifetimes.js';
import type { Settings } from './options.js';
import { type Place, placeOfHandle } from './place.js';
import { outlivedTokenIds, type TokenRecord, tokenId, tokenIds } from './token-record.js';
import type { TokenStore } from './token-store.js';

/** Tokens that have been replaced are retired together, at multiples of so many milliseconds. */
const RETIREMENT_TICK = 100;

/** A record whose token is there. */
export type Made = TokenRecord & { readonly secret: string };

/** What {@link Rotations} works with. */
export interface RotationParts {
  readonly original: RecipeInterface;
  readonly settings: Settings;
  readonly store: TokenStore;
  readonly discards: Discards;
  readonly lifetimes: AccessTokenLifetimes;
}

/**
 * Replaces tokens of sessions by their next generation: first in FaunaDB, where the next id can be made once only, then in
 * the session. Whatever is between the two when a process dies, the ttl ends, and the next rotation or a sweep before it.
 */
export class Rotations {
  readonly #parts: RotationParts;
  /** The rotations under way in this process, by the token they replace: requests at the same time share one. */
  readonly #underWay = new Map<string, Promise<Made>>();

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  /** Makes the next token and records it; or gives the one that another request or process is making. */
  rotate(place: Place, record: TokenRecord, refreshId: string | undefined): Promise<Made> {
    const key = `${place.handle} ${record.generation}`;
    const shared = this.#underWay.get(key);
    if (shared !== undefined) return shared;
    const rotation = this.#rotate(place, record, refreshId).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, rotation);
    return rotation;
  }

  /** The rotation of this token that is under way in this process. */
  underWay(place: Place, record: TokenRecord): Promise<Made> | undefined {
    return this.#underWay.get(`${place.handle} ${record.generation}`);
  }

  /** How long a token made at this moment is to live, in milliseconds. */
  lifetimeOf({ remainingLifetime, user }: Pick<Place, 'remainingLifetime' | 'user'>): number {
    const { settings, lifetimes } = this.#parts;
    const remaining = Math.max(0, remainingLifetime ?? lifetimes.expected(user.tenantId));
    return settings.tokenLifetime ?? remaining + CLOCK_LAG;
  }

  /** Takes the old token out of a session whose new one could not be made: no token is better than a dying one. */
  async withoutToken(place: Place, record: TokenRecord): Promise<void> {
    const { lineage, generation } = record;
    // The next generation's id may be taken, where only the answer was lost: this session never uses it again.
    const skipped: TokenRecord = { lineage, generation: generation + 1 };
    this.#reconcileLater(place, skipped);
    void this.#retireStranger(place, record);
    try {
      await place.save((await made(place.readFromCore(), generation)) ?? skipped);
    } catch (error) {
      if (SessionError.isErrorFromSuperTokens(error)) throw error;
      logDebugMessage(`session ${place.handle} keeps a token that has been replaced: ${String(error)}`);
    }
  }

  async #rotate(place: Place, record: TokenRecord, refreshId: string | undefined): Promise<Made> {
    const { store } = this.#parts;
    const { lineage, generation } = record;
    const lifetime = this.lifetimeOf(place);
    const next: TokenRecord = { lineage, generation: generation + 1, refreshId };
    for (;;) {
      const ours = await store.rotate(place.user, record, next, lifetime);
      if (ours !== undefined) {
        this.#retireLater(place, record);
        await this.#record(place, ours);
        await this.#retireStranger(place, record);
        return ours;
      }
      const theirs = await this.#awaitTheirs(place, generation);
      if (theirs !== undefined) {
        await place.save(theirs);
        return theirs;
      }
    }
  }

  /** Retires the token that has just been replaced, once the streams that are open with it had time to move. */
  #retireLater({ user, handle }: Place, { lineage, generation, secret }: TokenRecord): void {
    const { settings, store, discards } = this.#parts;
    if (settings.handover === 0 || secret === undefined || generation < 0) return;
    const expiry = Date.now() + LONGEST_EXPIRY;
    const attempt = () => store.retire(user, tokenId(lineage, generation));
    // On the same tick for many: then they go to FaunaDB together.
    const wait = settings.handover - (Date.now() % RETIREMENT_TICK);
    const retire = () => void discards.deletions.delete({ user, sessionHandles: [handle], expiry, attempt });
    setTimeout(retire, Math.max(0, wait)).unref();
  }

  /** A token of the old integration, which only its secret names: a session about to lose that must end it. */
  async #retireStranger({ user, handle }: Place, { generation, secret }: TokenRecord): Promise<void> {
    if (generation >= 0 || secret === undefined) return;
    await this.#parts.discards.retireStranger(user, secret, handle);
  }

  /** Records a token just made; where the session has ended meanwhile, the token ends too. */
  async #record(place: Place, ours: Made): Promise<void> {
    try {
      await place.save(ours);
    } catch (error) {
      if (SessionError.isErrorFromSuperTokens(error)) {
        await this.#parts.discards.discard(place.user, [ours], [place.handle]);
      } else {
        // Where only the Core's answer was lost, the token is recorded all the same.
        this.#reconcileLater(place, ours);
      }
      throw error;
    }
  }

  /** Waits until the token that another process is making appears in the Core; undefined where it does not. */
  async #awaitTheirs(place: Place, generation: number): Promise<Made | undefined> {
    const deadline = Date.now() + this.#parts.store.raceWindow;
    for (let pause = 20; Date.now() < deadline; pause = Math.min(pause * 2, 250)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const theirs = await made(place.readFromCore(), generation);
      if (theirs !== undefined) return theirs;
    }
    return undefined;
  }

  /** Comes back to a rotation of which nobody knows how far it got, when all who may be at work on it are done. */
  #reconcileLater({ user, handle }: Place, { lineage, generation }: TokenRecord): void {
    const { original, settings, store, discards } = this.#parts;
    // The token before, and the one that left the reach of a revocation because nothing was asked of FaunaDB.
    const earlier = [
      ...outlivedTokenIds({ lineage, generation: generation - 1 }),
      ...tokenIds(lineage, [generation - 1]),
    ];
    const ids = [...earlier, tokenId(lineage, generation)];
    const attempt = async () => {
      const place = await placeOfHandle(original, settings, handle, {} as UserContext);
      if (place === undefined) {
        // Whoever ended the session has deleted its tokens, but for one that FaunaDB made only after that.
        return store.remove(user, ids);
      }
      const carried = await place.read();
      if (carried === undefined) return;
      if (carried.generation < generation) {
        void this.#retireStranger(place, carried);
        await place.save({ lineage, generation });
      }
      const isCarried = carried.generation === generation && carried.secret !== undefined;
      await store.removeUnfinished(user, isCarried ? earlier : ids);
    };
    const deletion = { user, sessionHandles: [handle], expiry: Date.now() + LONGEST_EXPIRY, attempt };
    store.afterRaces(() => void discards.deletions.delete(deletion));
  }
}

/** A record that is of a later generation and has a token. */
async function made(record: Promise<TokenRecord | undefined>, than: number): Promise<Made | undefined> {
  const read = await record;
  if (read?.secret === undefined || read.generation <= than) return undefined;
  return { ...read, secret: read.secret };
}
