import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createFaunaServer } from '../src/index.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The recorded answers of each language, and the deliberate differences from them. */
const LANGUAGES = [
  { language: 'FQL v4', recorded: here('../../../../shared/conformance/fauna/'), deviations: 'deviations.json' },
  { language: 'FQL v10', recorded: here('../../../../shared/conformance/fql10/'), deviations: 'deviations-fql10.json' },
];

interface Report {
  readonly steps: number;
  readonly same: number;
  readonly exact: number;
  readonly deliberate: number;
}

describe.each(LANGUAGES)('what the real FaunaDB answered in $language', ({ recorded, deviations }) => {
  it.skipIf(!existsSync(recorded))('is answered here', { timeout: 1_200_000 }, async () => {
    const fauna = await createFaunaServer();
    const report = await replay(fauna, recorded, here(`../${deviations}`)).finally(() => fauna.close());
    expect(report.same).toBe(report.steps);
    expect(report.exact / report.steps).toBeGreaterThan(0.98);
    expect(report.deliberate).toBeLessThanOrEqual(60);
  });
});

async function replay(
  { url, rootKey }: { readonly url: string; readonly rootKey: string },
  recorded: string,
  deviations: string,
): Promise<Report> {
  const options = ['--url', url, '--secret', rootKey, '--deviations', deviations, '--json'];
  const { stdout } = await promisify(execFile)('node', ['replay.mjs', ...options], {
    cwd: recorded,
    maxBuffer: 1 << 28,
  }).catch((failure: { stdout: string }) => failure);
  return JSON.parse(stdout) as Report;
}
