// The load generator, in its own process so that its work does not show up in the server's event loop. It receives one plan
// over the IPC channel and answers with the figures of one run.
import { drive } from './drive.js';
import type { Target } from './scenario.js';
import { targets } from './targets.js';

export interface Plan {
  readonly target: string;
  readonly scenario: string;
  readonly url: string;
  readonly state: unknown;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export interface Figures {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Error messages and how often each occurred. */
  readonly errors: readonly (readonly [message: string, times: number])[];
}

async function run(plan: Plan): Promise<Figures> {
  const target: Target<unknown> | undefined = targets[plan.target];
  const scenario = target?.scenarios.find((s) => s.name === plan.scenario);
  if (!scenario) throw new Error(`there is no scenario ${plan.target}/${plan.scenario}`);

  const begin = performance.now() + plan.warmUpMs;
  const end = begin + plan.durationMs;
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, (_, index) =>
      drive(plan.url, () => scenario.connect(plan.state, index), begin, end),
    ),
  );
  const latencies = connections.flatMap((connection) => connection.latencies);
  const errors = connections.flatMap((connection) => [...connection.errors]);

  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { perSecond: latencies.length / (plan.durationMs / 1000), medianMs: at(0.5), p99Ms: at(0.99), errors };
}

process.once('message', async (plan: Plan) => {
  try {
    process.send?.({ figures: await run(plan) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
});
