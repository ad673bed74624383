import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder in which `npm start` keeps its data: `DATA_DIR`, else one that git ignores. */
export const dataFolder = process.env.DATA_DIR ? resolve(process.env.DATA_DIR) : join(root, '.data');

/** Output of tests and builds for people to look at. Git ignores it. */
export const artefactsFolder = join(root, '.artefacts');
