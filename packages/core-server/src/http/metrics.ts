import { serveMetrics } from '@supertokens-faunadb/traffic';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { AnswerRecord, Observer } from './observation.js';

/** Collects metrics for Prometheus. */
export class Metrics implements Observer {
  readonly registry = new Registry();
  readonly #answers = new Counter({
    name: 'supertokens_http_responses_total',
    help: 'Answers sent, by path, method and HTTP status.',
    labelNames: ['route', 'method', 'status'],
    registers: [this.registry],
  });
  readonly #durations = new Histogram({
    name: 'supertokens_http_response_seconds',
    help: 'From the last byte of a request to its answer, durable writes included.',
    labelNames: ['route', 'method'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [this.registry],
  });
  readonly #bytes = new Counter({
    name: 'supertokens_http_bytes_total',
    help: 'Bytes of request and response bodies.',
    labelNames: ['direction'],
    registers: [this.registry],
  });
  readonly #failures = new Counter({
    name: 'supertokens_failures_total',
    help: 'Requests and background work that failed for a reason of the server: its log has them.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  answered({ route, method, status, duration, bytesIn, bytesOut }: AnswerRecord): void {
    this.#answers.inc({ route, method, status });
    this.#durations.observe({ route, method }, duration / 1000);
    this.#bytes.inc({ direction: 'in' }, bytesIn);
    this.#bytes.inc({ direction: 'out' }, bytesOut);
  }

  failed(): void {
    this.#failures.inc();
  }

  /** Answers `/metrics`, on a port of its own that clients need not reach. */
  async serve(host: string, port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
    return serveMetrics(this.registry, host, port);
  }
}
