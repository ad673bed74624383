import { expect, it } from 'vitest';
import { once } from './once.js';

it('runs its work once for all callers', async () => {
  let runs = 0;
  const get = once(async () => ++runs);
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  expect(await get()).toBe(1);
});

it('runs again after a failure', async () => {
  let runs = 0;
  const get = once(async () => {
    if (++runs === 1) throw new Error('the first time');
    return runs;
  });
  await expect(get()).rejects.toThrow('the first time');
  expect(await get()).toBe(2);
});
