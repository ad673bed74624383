import type { Store } from '@supertokens-faunadb/store';
import { settled } from './settled.js';

/** A transaction would remove so much at once that others would have to wait. It is undone, and tried again after `reduce`. */
export class TooMuchAtOnce extends Error {
  override readonly name = 'TooMuchAtOnce';

  /** @param reduce removes, some at a time, what the transaction would remove in any case */
  constructor(readonly reduce: (store: Store) => Promise<void>) {
    super('This is done in several transactions.');
  }
}

/** Runs `work`, which may throw {@link TooMuchAtOnce}, and resolves with its result once its changes are durable. */
export async function transactInParts<T>(store: Store, work: Parameters<typeof store.transact<T>>[0]): Promise<T> {
  for (;;) {
    try {
      return await settled(store.transact(work));
    } catch (error) {
      if (!(error instanceof TooMuchAtOnce)) throw error;
      await error.reduce(store);
    }
  }
}
