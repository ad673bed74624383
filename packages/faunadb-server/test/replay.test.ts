import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createFaunaServer } from '../src/index.js';

const recorded = fileURLToPath(new URL('../../../../shared/conformance/fauna/', import.meta.url));
const deviations = fileURLToPath(new URL('../deviations.json', import.meta.url));

interface Report {
  readonly steps: number;
  readonly same: number;
  readonly exact: number;
  readonly deliberate: number;
}

describe.skipIf(!existsSync(recorded))('what the real FaunaDB answered', () => {
  it('is answered here', { timeout: 600_000 }, async () => {
    const fauna = await createFaunaServer();
    const report = await replay(fauna.url, fauna.rootKey).finally(() => fauna.close());
    expect(report.same).toBe(report.steps);
    expect(report.exact / report.steps).toBeGreaterThan(0.98);
    expect(report.deliberate).toBeLessThanOrEqual(60);
  });
});

async function replay(url: string, secret: string): Promise<Report> {
  const options = ['--url', url, '--secret', secret, '--deviations', deviations, '--json'];
  const { stdout } = await promisify(execFile)('node', ['replay.mjs', ...options], {
    cwd: recorded,
    maxBuffer: 1 << 28,
  }).catch((failure: { stdout: string }) => failure);
  return JSON.parse(stdout) as Report;
}
