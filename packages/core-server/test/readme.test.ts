import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../src/http/metrics.js';
import { DEFINITIONS, type Definition, SETTING_NAMES } from '../src/settings/definitions.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

describe('README.md', () => {
  it.each(SETTING_NAMES)('lists the setting %s if it does something', (name) => {
    const { help, initial }: Definition = DEFINITIONS[name];
    const isListed = readme.includes(`| \`${name}\` |`);
    expect(isListed).toBe(help !== undefined);
    if (help === undefined) return;
    expect(readme).toContain(`| \`${name}\` | ${initial === '' ? '' : `\`${initial}\``} | ${help} |`);
  });

  it('lists each option', () => {
    for (const [, option] of read('../src/cli.ts').matchAll(/'(--[a-z-]+)/g)) expect(readme).toContain(`\`${option}`);
  });

  it('lists each metric', async () => {
    for (const { name } of await new Metrics().registry.getMetricsAsJSON()) {
      expect(/^(?:process|nodejs)_/.test(name) || readme.includes(`| \`${name}\` |`)).toBe(true);
    }
  });
});
