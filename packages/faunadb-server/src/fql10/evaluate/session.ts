import type { Session } from './context.js';

/** State kept during one query. */
export const newSession = (performanceHints = false): Session => ({
  diagnostics: [],
  performanceHints,
  hinted: new Set(),
  deepest: undefined,
  afterwards: new Map(),
  changedCollections: new Map(),
  schemaChange: undefined,
  collectionWrites: new Map(),
});
