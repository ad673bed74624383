import { describe, expect, it } from 'vitest';
import { runFor, Skipped } from './kind.js';
import { KINDS } from './kinds.js';

// One round of each kind; `npm run test:torture` runs as long as requested.
describe('what must not harm the servers', () => {
  it.each(Object.keys(KINDS))('%s', { timeout: 300_000 }, async (name) => {
    const { default: kind } = await KINDS[name]!();
    try {
      const counts = await kind(runFor({ seconds: 0 }, 1));
      expect(counts.rounds).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      console.warn(`${name} is skipped: ${error.message}`);
    }
  });
});
