import { parseArgs } from 'node:util';
import { runFor, Skipped } from './kind.js';
import { KINDS } from './kinds.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    requests: { type: 'string' },
    seed: { type: 'string' },
    built: { type: 'boolean', default: false },
  },
});
/** How often progress is logged if the output is not a terminal, in ms. */
const A_MINUTE = 60_000;

const requests = Number(values.requests ?? Infinity);
const seconds = Number(values.seconds ?? (values.requests === undefined ? 60 : Infinity));
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const names = positionals.length > 0 ? positionals : Object.keys(KINDS);
const unknown = names.find((name) => !(name in KINDS));
if (unknown !== undefined || !(seconds > 0) || !(requests > 0) || !Number.isInteger(seed)) {
  console.error(
    `usage: npm run test:torture -- [${Object.keys(KINDS).join('|')}]… [--seconds N] [--requests N] [--seed N] [--built]`,
  );
  process.exit(2);
}

if (values.built) process.env.TORTURE_BUILT = '1';

for (const name of names) {
  const { default: kind } = await KINDS[name]!();
  const began = performance.now();
  let reportedAt = began;
  const progress = (text: string) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${name}: ${text}`);
    else if (performance.now() - reportedAt > A_MINUTE) {
      reportedAt = performance.now();
      console.log(`${name}: ${text}`);
    }
  };
  try {
    const counts = await kind(runFor({ seconds, requests }, seed, progress));
    const figures = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    report(`${name}: passed in ${Math.round((performance.now() - began) / 1000)} s, ${figures.join(', ')}`);
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
