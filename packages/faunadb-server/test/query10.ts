import type { QueryRequest10 } from '../src/engine/engine.js';

/** A query in FQL v10 as the engine takes it, sent as most clients send it. */
export function query10(
  secret: string,
  text: string,
  { args, ...more }: Partial<QueryRequest10> & { readonly args?: Readonly<Record<string, unknown>> | undefined } = {},
): QueryRequest10 {
  return {
    kind: 'query',
    secret,
    body: JSON.stringify({ query: text, ...(args ? { arguments: args } : {}) }),
    format: 'simple',
    typecheck: false,
    performanceHints: false,
    lastSeen: undefined,
    tags: undefined,
    timeout: 60_000,
    ...more,
  };
}
