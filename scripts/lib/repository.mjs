import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The one folder that holds what `npm start` keeps from day to day. Not in git. */
export const dataFolder = join(root, '.data');

/** What tests and builds leave for people to look at. Not in git. */
export const artefactsFolder = join(root, '.artefacts');
