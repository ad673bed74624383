/** The client that an item belongs to, and the tree of databases that it uses. */
export interface Client {
  readonly tree: string;
  readonly who: string;
  /** Whether as many of its items may wait as there are; they take nobody's place. */
  readonly isPatient?: boolean;
}

/** How many items may wait in all, and for each client. */
const MAX_WAITING = 1_000;
const MAX_WAITING_EACH = 100;

/** An item whose turn has come, and a callback for when it is done. */
export interface Turn<T> {
  readonly item: T;
  readonly done: () => void;
}

/** The items of one client. */
interface Party<T> {
  readonly isPatient: boolean;
  readonly items: T[];
  running: number;
}

/**
 * Items that wait for a limited number of places. Trees of databases take turns, and within each tree its clients. No
 * tree gets all places, and no client more than half of those that its tree may have, so that others need not wait.
 */
export class WaitingList<T> {
  readonly #ofTree: number;
  readonly #ofParty: number;
  readonly #trees = new Map<string, Map<string, Party<T>>>();
  #waiting = 0;

  constructor(places: number) {
    this.#ofTree = Math.max(1, places - 1);
    this.#ofParty = Math.max(1, this.#ofTree >> 1);
  }

  /** @returns whether there was room for it. */
  add({ tree, who, isPatient = false }: Client, item: T): boolean {
    const parties = this.#trees.get(tree) ?? new Map<string, Party<T>>();
    const party = parties.get(who) ?? { isPatient, items: [], running: 0 };
    const isFull = this.#waiting >= MAX_WAITING || party.items.length >= MAX_WAITING_EACH;
    if (isFull && !isPatient) return false;
    this.#trees.set(tree, parties.set(who, party));
    party.items.push(item);
    if (!isPatient) this.#waiting++;
    return true;
  }

  /** @returns whether it was still waiting. */
  remove({ tree, who }: Client, item: T): boolean {
    const party = this.#trees.get(tree)?.get(who);
    const at = party?.items.indexOf(item) ?? -1;
    if (at < 0) return false;
    party!.items.splice(at, 1);
    if (!party!.isPatient) this.#waiting--;
    this.#tidy(tree, who);
    return true;
  }

  /** Returns the next item; `undefined` if no waiting client may have a place. */
  take(): Turn<T> | undefined {
    for (const [tree, parties] of this.#trees) {
      const running = [...parties.values()].reduce((sum, party) => sum + party.running, 0);
      if (running >= this.#ofTree) continue;
      for (const [who, party] of parties) {
        if (party.items.length === 0 || party.running >= this.#ofParty) continue;
        const item = party.items.shift()!;
        if (!party.isPatient) this.#waiting--;
        party.running++;
        // Both move to the end of their queues.
        parties.delete(who);
        parties.set(who, party);
        this.#trees.delete(tree);
        this.#trees.set(tree, parties);
        const done = (): void => {
          party.running--;
          this.#tidy(tree, who);
        };
        return { item, done };
      }
    }
    return undefined;
  }

  #tidy(tree: string, who: string): void {
    const parties = this.#trees.get(tree);
    const party = parties?.get(who);
    if (!parties || !party || party.running > 0 || party.items.length > 0) return;
    parties.delete(who);
    if (parties.size === 0) this.#trees.delete(tree);
  }
}
