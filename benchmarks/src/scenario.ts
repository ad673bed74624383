import type { Client } from 'undici';

/** One connection of the load generator: what it does over and over, each call one operation. */
export type Operation = (client: Client) => Promise<void>;

/** A kind of load. It lives in the load generator's process; `state` is what the target's preparation returned, as JSON. */
export interface Scenario<State> {
  readonly name: string;
  /** The scenario of the same target that this one's cost is compared with. */
  readonly baseline?: string;
  /** Makes the operation of connection number `index`; what it remembers from one call to the next is its own. */
  readonly connect: (state: State, index: number) => Operation;
}

/** A server under load: how it is started where no URL is given, and how it is filled before the clock runs. */
export interface Target<State> {
  readonly name: string;
  readonly start: () => Promise<{ url: string; secret: string; stop: () => Promise<void> }>;
  readonly prepare: (url: string, secret: string, size: number) => Promise<State>;
  readonly scenarios: readonly Scenario<State>[];
}

/** Sends one request and gives its JSON; any status but the expected one ends the run, since its figures would lie. */
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
