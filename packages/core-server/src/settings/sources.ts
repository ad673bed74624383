import { readFile } from 'node:fs/promises';
import { reasonOf } from '@supertokens-faunadb/store';
import type { Json } from '../json/json.js';
import { ALIASES, isSettingName, SETTING_NAMES, variableOf } from './definitions.js';
import { type ChosenSettings, InvalidSetting } from './settings.js';

/** Reads settings from environment variables. */
export function settingsFromEnvironment(environment: NodeJS.ProcessEnv): ChosenSettings {
  const chosen: Record<string, Json> = {};
  for (const name of SETTING_NAMES) {
    const value = environment[variableOf(name)];
    if (value !== undefined && value !== '') chosen[name] = value;
  }
  return chosen;
}

/**
 * Reads settings from a file in the format of the real Core's config.yaml.
 *
 * @throws InvalidSetting naming the file, when it cannot be read or contains an unknown setting
 */
export async function settingsFromFile(file: string): Promise<ChosenSettings> {
  const { parse, YAMLError } = await import('yaml'); // loaded lazily: most servers have no settings file and start faster without it
  let parsed: unknown;
  try {
    parsed = parse(await readFile(file, 'utf8'));
  } catch (error) {
    // The rest of YAML's message quotes the line, which may contain a secret.
    const reason =
      error instanceof YAMLError ? `it is not YAML: ${error.message.split(':\n')[0]}` : `${reasonOf(error)}.`;
    throw new InvalidSetting(`cannot read the settings in ${file}: ${reason}`);
  }
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new InvalidSetting(`${file} must contain settings, one 'name: value' per line`);
  }
  const chosen = parsed as Record<string, Json>;
  for (const name of Object.keys(chosen)) {
    if (isSettingName(name) || ALIASES[name] !== undefined) continue;
    const ofDatabase = /^(postgresql|mysql|mongodb)_/.test(name);
    throw new InvalidSetting(
      ofDatabase
        ? `${file}: '${name}' is for a database of the real Core; this Core keeps its data itself, in the folder given by --data`
        : `${file}: unknown setting '${name}'`,
    );
  }
  return chosen;
}
