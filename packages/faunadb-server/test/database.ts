import { openStore } from '@supertokens-faunadb/store';
import type { Expr } from 'faunadb';
import { openEngine } from '../src/language/engine.js';

export const ROOT_KEY = 'the-root-key';

/** What a query was answered with. */
export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
  readonly resource: any;
  /** Each error as its code and position. */
  readonly errors: readonly (readonly [code: string, position: string])[];
}

/** Opens an empty database in memory, and gives what asks it: as the operator, unless a secret says otherwise. */
export async function openDatabase(): Promise<(query: Expr | object, secret?: string) => Promise<Answered>> {
  const engine = openEngine({ store: await openStore({ memory: true }), rootKey: ROOT_KEY });
  return async (query, secret = ROOT_KEY) => {
    const request = { query: JSON.stringify(query), secret, timeout: 10_000, pretty: false };
    const { status, body } = await engine.execute(request);
    const { resource, errors = [] } = JSON.parse(body);
    return {
      status,
      resource,
      errors: errors.map((e: { code: string; position?: unknown[] }) => [e.code, (e.position ?? []).join('.')]),
    };
  };
}
