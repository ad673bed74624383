import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type CoreServerOptions, createCoreServer } from '../src/index.js';

const recorded = fileURLToPath(new URL('../../../../shared/conformance/core/', import.meta.url));
const recipes = join(recorded, '../core-recipes');
const deviations = fileURLToPath(new URL('../deviations.json', import.meta.url));

interface Report {
  readonly steps: number;
  readonly same: number;
  readonly exact: number;
  readonly deliberate: number;
}

/** The folders of recorded answers, and how their Core was set up. */
const FOLDERS: readonly {
  name: string;
  settings: NonNullable<CoreServerOptions['settings']>;
  files: readonly string[];
  /** Whether its data are on a disk. */
  isDurable?: boolean;
  /** The least part of the answers that are the same to the letter. */
  exact?: number;
}[] = [
  { name: 'default settings', settings: {}, files: [] },
  {
    name: 'with-api-key',
    settings: { api_keys: 'first-key-of-this-corpus,second-key-of-this-corpus' },
    files: ['with-api-key/apikeys.jsonl'],
  },
  {
    name: 'short-lived',
    settings: { access_token_validity: 2, refresh_token_validity: 0.1 },
    files: ['short-lived/expiry.jsonl'],
  },
  ...recordedRecipes().map((file) => ({ name: file, settings: {}, files: [file] })),
  {
    name: 'imports into a database',
    settings: {},
    files: ['../core-recipes/without-licence/bulkimport-database.jsonl'],
    isDurable: true,
    exact: 0.9, // licences are spoken of, which this Core has not
  },
];

function recordedRecipes(): string[] {
  const names = existsSync(recipes) ? readdirSync(recipes) : [];
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => join('../core-recipes', name));
}

describe.skipIf(!existsSync(recorded))('what the real Core answered', () => {
  it.concurrent.each(FOLDERS)(
    'is answered here: $name',
    { timeout: 600_000 },
    async ({ settings, files, isDurable, exact = 0.98 }) => {
      const dataDirectory = isDurable ? mkdtempSync(join(tmpdir(), 'core-replay-')) : undefined;
      const core = await createCoreServer({ host: '127.0.0.1', settings, ...(dataDirectory && { dataDirectory }) });
      const report = await replay(core.url, files).finally(() => core.close());
      if (dataDirectory !== undefined) rmSync(dataDirectory, { recursive: true });
      expect(report.same).toBe(report.steps);
      expect(report.exact / report.steps).toBeGreaterThan(exact);
      expect(report.deliberate).toBeLessThanOrEqual(60);
    },
  );
});

async function replay(url: string, files: readonly string[]): Promise<Report> {
  const options = ['--url', url, '--deviations', deviations, '--json'];
  const { stdout } = await promisify(execFile)('node', ['replay.mjs', ...options, ...files], { cwd: recorded }).catch(
    (failure: { stdout: string }) => failure,
  );
  return JSON.parse(stdout) as Report;
}
