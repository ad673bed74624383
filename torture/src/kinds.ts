import type { Kind } from './kind.js';

/** Every kind by its name on the command line, loaded when it runs. */
export const KINDS: Readonly<Record<string, () => Promise<{ readonly default: Kind }>>> = {
  crash: () => import('./crash.js'),
  corruption: () => import('./corruption.js'),
  'disk-full': () => import('./disk-full.js'),
  fuzz: () => import('./fuzz.js'),
  overload: () => import('./overload.js'),
  'slow-readers': () => import('./slow-readers.js'),
};
