export type { Entry, Key, Outcome, Range, Reader, Store, Transaction, Value } from './store.js';
