import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type CoreServerOptions, createCoreServer } from '../src/index.js';

const recorded = fileURLToPath(new URL('../../../../shared/conformance/core/', import.meta.url));
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
];

describe.skipIf(!existsSync(recorded))('what the real Core answered', () => {
  it.concurrent.each(FOLDERS)('is answered here: $name', { timeout: 120_000 }, async ({ settings, files }) => {
    const core = await createCoreServer({ host: '127.0.0.1', settings });
    const report = await replay(core.url, files).finally(() => core.close());
    expect(report.same).toBe(report.steps);
    expect(report.exact / report.steps).toBeGreaterThan(0.98);
    expect(report.deliberate).toBeLessThanOrEqual(60);
  });
});

async function replay(url: string, files: readonly string[]): Promise<Report> {
  const options = ['--url', url, '--deviations', deviations, '--json'];
  const { stdout } = await promisify(execFile)('node', ['replay.mjs', ...options, ...files], { cwd: recorded }).catch(
    (failure: { stdout: string }) => failure,
  );
  return JSON.parse(stdout) as Report;
}
