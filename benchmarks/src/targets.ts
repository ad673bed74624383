import { bare } from './bare.js';
import { core } from './core.js';
import { fauna } from './fauna.js';
import { integration } from './integration.js';
import type { Target } from './scenario.js';

/** Every target by its name. */
export const targets: Readonly<Record<string, Target<unknown>>> = {
  bare: bare as Target<unknown>,
  core: core as Target<unknown>,
  fauna: fauna as Target<unknown>,
  integration: integration as Target<unknown>,
};
