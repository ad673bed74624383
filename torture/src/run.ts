import { parseArgs } from 'node:util';
import { runFor, Skipped } from './kind.js';
import { KINDS } from './kinds.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    built: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const names = positionals.length > 0 ? positionals : Object.keys(KINDS);
const unknown = names.find((name) => !(name in KINDS));
if (unknown !== undefined || !(seconds > 0) || !Number.isInteger(seed)) {
  console.error(`usage: npm run test:torture -- [${Object.keys(KINDS).join('|')}]… [--seconds N] [--seed N] [--built]`);
  process.exit(2);
}

if (values.built) process.env.TORTURE_BUILT = '1';

for (const name of names) {
  const { default: kind } = await KINDS[name]!();
  const began = performance.now();
  const progress = (text: string) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${name}: ${text}`);
  };
  try {
    const counts = await kind(runFor(seconds, seed, progress));
    const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    report(`${name}: passed in ${Math.round((performance.now() - began) / 1000)} s, ${told.join(', ')}`);
  } catch (error) {
    if (error instanceof Skipped) {
      report(`${name}: skipped, because ${error.message}`);
      continue;
    }
    report(`${name}: FAILED (--seed ${seed})`);
    console.error(error);
    process.exitCode = 1;
  }
}

function report(line: string): void {
  console.log(process.stdout.isTTY ? `\r\x1b[K${line}` : line);
}
