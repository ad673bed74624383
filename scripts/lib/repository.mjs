import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The one folder that holds what `npm start` keeps from day to day: `DATA_DIR`, else one that is not in git. */
export const dataFolder = process.env.DATA_DIR ? resolve(process.env.DATA_DIR) : join(root, '.data');

/** What tests and builds leave for people to look at. Not in git. */
export const artefactsFolder = join(root, '.artefacts');
