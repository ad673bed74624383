import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { bare } from './bare.js';
import type { Figures, Plan } from './load.js';
import type { Target } from './scenario.js';
import { targets } from './targets.js';

const usage = `npm run bench -- fauna|core|integration [--url URL --secret SECRET] [--only TEXT] [--size N]
  [--connections N] [--seconds N] [--runs N] [--latency MS] [--json FILE]`;

function fail(message: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(1);
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean' },
        url: { type: 'string' },
        secret: { type: 'string', default: '' },
        only: { type: 'string', default: '' },
        size: { type: 'string', default: '1000' },
        connections: { type: 'string', default: '16' },
        seconds: { type: 'string', default: '4' },
        runs: { type: 'string', default: '3' },
        latency: { type: 'string' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    return fail((error as Error).message);
  }
}

const { values: options, positionals } = parse();
if (options.help) {
  console.log(usage);
  process.exit();
}
const number = (option: 'size' | 'connections' | 'seconds' | 'runs' | 'latency') => {
  const value = Number(options[option]);
  return value > 0 ? value : fail(`--${option} takes a number above 0, not "${options[option]}".`);
};
const [size, connections, seconds, rounds] = [number('size'), number('connections'), number('seconds'), number('runs')];

const latency = options.latency === undefined ? 0 : number('latency');

const target = targets[positionals[0] ?? ''];
if (!target || target === bare) fail('Say what to measure.');

async function measure(plan: Plan): Promise<Figures> {
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  child.send(plan);
  const [answer] = (await once(child, 'message')) as [{ figures: Figures } | { error: string }];
  await once(child, 'exit');
  if ('error' in answer) throw new Error(`${plan.target}/${plan.scenario}: ${answer.error}`);
  return answer.figures;
}

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

interface Row extends Figures {
  readonly scenario: string;
  /** The cost as a multiple of the scenario that it is compared with: the median of the rounds. */
  readonly cost?: number;
  readonly slowestRun: number;
  readonly fastestRun: number;
}

/** The errors of several runs, each message once, most frequent first. */
function summed(errors: Figures['errors']): [string, number][] {
  const sums = new Map<string, number>();
  for (const [message, times] of errors) sums.set(message, (sums.get(message) ?? 0) + times);
  return [...sums].sort((a, b) => b[1] - a[1]);
}

/** Each round measures every scenario once, so that a drift in the machine's speed affects all of them alike. */
async function measureAll<State>(of: Target<State>, url: string, state: State, only: string): Promise<Row[]> {
  const scenarios = of.scenarios.filter((scenario) => scenario.name.includes(only));
  const runs = new Map<string, Figures[]>(scenarios.map(({ name: scenario }) => [scenario, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name: scenario } of scenarios) {
      const plan = {
        target: of.name,
        scenario,
        url,
        state,
        connections,
        warmUpMs: round === 0 ? 2000 : 500,
        durationMs: seconds * 1000,
      };
      runs.get(scenario)?.push(await measure(plan));
    }
  }
  return scenarios.map(({ name: scenario, baseline = '' }): Row => {
    const own = runs.get(scenario) ?? [];
    const rates = own.map(({ perSecond }) => perSecond);
    const compared = runs.get(baseline)?.map(({ perSecond }, round) => perSecond / (rates[round] ?? Number.NaN));
    return {
      scenario,
      ...(compared === undefined ? {} : { cost: median(compared) }),
      perSecond: median(rates),
      slowestRun: Math.min(...rates),
      fastestRun: Math.max(...rates),
      medianMs: median(own.map(({ medianMs }) => medianMs)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
      errors: own.flatMap(({ errors }) => errors),
    };
  });
}

// An unreachable server is reported in one line, not as a stack trace.
process.on('uncaughtException', (error) => {
  console.error(`The benchmark was aborted: ${error.message}`);
  process.exit(1);
});

const yardstick = await bare.start();
const [bareRow] = await measureAll(bare, yardstick.url, null, '').finally(yardstick.stop);
if (!bareRow) throw new Error('the bare server could not be measured');

const server = options.url
  ? { url: options.url, secret: options.secret, stop: async () => {} }
  : await target.start(latency);
try {
  const state = await target.prepare(server.url, server.secret, size);
  const rows = await measureAll(target, server.url, state, options.only);
  const table = new Table({
    head: ['operation', 'per second', 'slowest–fastest run', 'median ms', 'p99 ms', 'of bare', 'cost', 'errors'],
  });
  for (const row of [bareRow, ...rows]) {
    table.push([
      row === bareRow ? 'bare node:http' : row.scenario,
      Math.round(row.perSecond),
      `${Math.round(row.slowestRun)}–${Math.round(row.fastestRun)}`,
      row.medianMs.toFixed(2),
      row.p99Ms.toFixed(2),
      `${Math.round((100 * row.perSecond) / bareRow.perSecond)} %`,
      row.cost === undefined ? '' : `${row.cost.toFixed(2)} ×`,
      row.errors.reduce((sum, [, times]) => sum + times, 0) || '',
    ]);
  }
  console.log(table.toString());
  for (const { scenario, errors } of rows) {
    for (const [message, times] of summed(errors)) console.log(`${scenario}: ${times} × ${message}`);
  }
  if (options.json) {
    await writeFile(
      options.json,
      JSON.stringify({ at: new Date().toISOString(), node: process.version, options, bare: bareRow, rows }, null, 2),
    );
  }
} finally {
  await server.stop();
}
