import { describe, expect, it } from 'vitest';
import { DeferredResults, Suspension } from './suspension.js';

/** Runs `work` as the engine runs a query: again until no result is missing. */
async function settled<T>(work: (deferred: DeferredResults) => T): Promise<{ value: T; runs: number }> {
  const deferred = new DeferredResults();
  for (let runs = 1; ; runs++) {
    try {
      const value = work(deferred);
      deferred.complete();
      return { value, runs };
    } catch (error) {
      if (!(error instanceof Suspension)) throw error;
      await deferred.settle(error);
    }
  }
}

describe('work outside of a transaction', () => {
  it('is awaited when the query depends on it, each time it is new', async () => {
    const asked: string[] = [];
    const ask = (deferred: DeferredResults, key: string) =>
      deferred.require(key, async () => {
        asked.push(key);
        return key.length > 1;
      });
    const { value, runs } = await settled((f) => [ask(f, 'a'), ask(f, 'bb'), ask(f, 'a')]);
    expect(value).toEqual([false, true, false]);
    expect(asked).toEqual(['a', 'bb']);
    expect(runs).toBe(3);
  });

  it('is done all at once when the query can continue without it, once for each key', async () => {
    const asked: string[] = [];
    const ask = (f: DeferredResults, key: string) =>
      f.promise(
        key,
        async () => {
          asked.push(key);
          return key;
        },
        '',
      );
    const { value, runs } = await settled((f) => [ask(f, 'a'), ask(f, 'b'), ask(f, 'a')]);
    expect(value).toEqual(['a', 'b', 'a']);
    expect(asked).toEqual(['a', 'b']);
    expect(runs).toBe(2);
  });

  it('is done for each use of a key that needs its own result', async () => {
    let made = 0;
    const hash = (f: DeferredResults) => f.promiseEach('hash', async () => ++made, 0);
    const { value, runs } = await settled((f) => [hash(f), hash(f), hash(f)]);
    expect(value).toEqual([1, 2, 3]);
    expect(runs).toBe(2);
  });

  it('keeps what was promised apart from what was required', async () => {
    const { value } = await settled((f) => [
      f.promise('p', async () => 'promised', ''),
      f.require('r', async () => 'required'),
    ]);
    expect(value).toEqual(['promised', 'required']);
  });

  it('passes on its errors', async () => {
    await expect(settled((f) => f.require('k', () => Promise.reject(new Error('the disk is full'))))).rejects.toThrow(
      'the disk is full',
    );
  });
});
