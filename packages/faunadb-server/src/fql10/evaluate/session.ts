import type { Session } from './context.js';

/** What is remembered through one query. */
export const newSession = (performanceHints = false): Session => ({
  diagnostics: [],
  performanceHints,
  deepest: undefined,
  afterwards: new Map(),
  collectionWrites: new Map(),
});
