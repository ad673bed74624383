// The environment: the types of everything that queries in FQL v10 can name.
import type { Evaluation10 } from './evaluation10.js';

export function prepareEnvironment(): Evaluation10 {
  return () => ({ outcome: 'done', body: () => '{}' });
}
