import type { Client } from 'undici';

/** One connection of the load generator. Each call is one operation, repeated over and over. */
export type Operation = (client: Client) => Promise<void>;

/** A kind of load. It runs in the load generator's process; `state` is what the target's preparation returned, as JSON. */
export interface Scenario<State> {
  readonly name: string;
  /** The scenario of the same target that this one's cost is relative to. */
  readonly baseline?: string;
  /** Creates the operation of connection number `index`, which may keep state of its own between calls. */
  readonly connect: (state: State, index: number) => Operation;
}

/** A server under load: how to start it if no URL is given, and how to fill it before the measurement. */
export interface Target<State> {
  readonly name: string;
  /** @param latency by how many ms each request to the servers behind takes longer, for targets that have such */
  readonly start: (latency?: number) => Promise<{ url: string; secret: string; stop: () => Promise<void> }>;
  readonly prepare: (url: string, secret: string, size: number) => Promise<State>;
  readonly scenarios: readonly Scenario<State>[];
}

/** Sends one request and returns its JSON. Throws on an unexpected status, since the figures would be wrong. */
export async function send(
  client: Client,
  request: { method: 'GET' | 'POST' | 'PUT'; path: string; headers: Record<string, string>; body?: string },
  expected: readonly number[] = [200, 201],
): Promise<unknown> {
  const { statusCode, body } = await client.request({ ...request, body: request.body ?? null });
  const text = await body.text();
  if (!expected.includes(statusCode))
    throw new Error(`${request.method} ${request.path} answered ${statusCode}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
