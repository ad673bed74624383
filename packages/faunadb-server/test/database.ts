import { openStore } from '@supertokens-faunadb/store';
import type { Expr } from 'faunadb';
import type { Answer } from '../src/engine/engine.js';
import { openEngine } from '../src/engine/fql-engine.js';
import { STATUS } from '../src/http/response.js';
import type { ApiVersion } from '../src/values/api-version.js';

export const ROOT_KEY = 'the-root-key';

/** What a query was answered with. */
export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
  readonly resource: any;
  /** Each error as its code and position. */
  readonly errors: readonly (readonly [code: string, position: string])[];
  /** What is wrong with single fields of a document, each as its code and field. */
  readonly failures: readonly (readonly [code: string, field: string])[];
  /** What errors and failures say. */
  readonly descriptions: readonly string[];
}

/** An event of a stream: `start`, `version`, `set`, `error`… */
export interface Watched {
  readonly type: string;
  readonly txn: number;
  // biome-ignore lint/suspicious/noExplicitAny: each type has another, and tests look into them.
  readonly event: any;
}

/** An empty database in memory. What asks it does so as the operator, unless a secret says otherwise. */
export interface Database {
  ask(query: Expr | object, secret?: string, apiVersion?: ApiVersion): Promise<Answered>;
  /** @returns the events of a stream, or what refuses it. */
  watch(query: Expr | object, secret?: string, fields?: string): Promise<AsyncIterator<Watched> | Answered>;
}

export async function openDatabase(): Promise<Database> {
  const engine = openEngine({ store: await openStore({ memory: true }), rootKey: ROOT_KEY });
  return {
    async ask(query, secret = ROOT_KEY, apiVersion = '4') {
      const request = { query: JSON.stringify(query), secret, apiVersion, timeout: 10_000, pretty: false };
      return answered(await engine.execute(request));
    },
    async watch(query, secret = ROOT_KEY, fields = undefined) {
      const request = { query: JSON.stringify(query), secret, fields, timeout: 10_000 };
      const stream = await engine.stream(request);
      return 'events' in stream ? parsed(stream.events(new AbortController().signal)) : answered(stream);
    },
  };
}

interface WireError {
  readonly code: string;
  readonly description: string;
  readonly position?: readonly unknown[];
  readonly failures?: readonly { readonly code: string; readonly description: string; readonly field: unknown[] }[];
}

function answered({ outcome, body }: Pick<Answer, 'outcome' | 'body'>): Answered {
  const status = STATUS[outcome];
  const { resource, errors = [] } = JSON.parse(body) as { resource?: unknown; errors?: readonly WireError[] };
  const failures = errors.flatMap((error) => error.failures ?? []);
  return {
    status,
    resource,
    errors: errors.map(({ code, position = [] }) => [code, position.join('.')]),
    failures: failures.map(({ code, field }) => [code, field.join('.')]),
    descriptions: [...errors, ...failures].map(({ description }) => description),
  };
}

async function* parsed(events: AsyncIterable<string>): AsyncGenerator<Watched> {
  for await (const event of events) yield JSON.parse(event);
}
