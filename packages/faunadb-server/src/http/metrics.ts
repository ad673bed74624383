import { serveMetrics } from '@supertokens-faunadb/traffic';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AnswerRecord, Observer } from './observation.js';

/** Counts requests, bytes and streams for Prometheus. */
export class Metrics implements Observer {
  readonly registry = new Registry();
  readonly #answers = new Counter({
    name: 'faunadb_http_responses_total',
    help: 'Answers sent, by path and HTTP status.',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  });
  readonly #durations = new Histogram({
    name: 'faunadb_http_response_seconds',
    help: 'From the head of a request to its answer, durable writes included.',
    labelNames: ['route'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [this.registry],
  });
  readonly #bytes = new Counter({
    name: 'faunadb_http_bytes_total',
    help: 'Bytes of request and response bodies.',
    labelNames: ['direction'],
    registers: [this.registry],
  });
  readonly #streams = new Gauge({
    name: 'faunadb_streams',
    help: 'Event streams open now.',
    registers: [this.registry],
  });
  readonly #failures = new Counter({
    name: 'faunadb_failures_total',
    help: 'Requests that failed for a reason of the server: its log has them.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  answered({ route, status, duration, bytesIn, bytesOut }: AnswerRecord): void {
    this.#answers.inc({ route, status });
    if (route !== '/stream') this.#durations.observe({ route }, duration / 1000);
    this.#bytes.inc({ direction: 'in' }, bytesIn);
    this.#bytes.inc({ direction: 'out' }, bytesOut);
  }

  streamOpened(): void {
    this.#streams.inc();
  }

  streamClosed(): void {
    this.#streams.dec();
  }

  failed(): void {
    this.#failures.inc();
  }

  /** Serves `/metrics` on a separate port, which clients need not reach. */
  async serve(host: string, port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
    return serveMetrics(this.registry, host, port);
  }
}
