import type { QueryContext } from '../../query/context.js';
import { Context, type EffectLimit, type Session } from './context.js';

const newSession = (performanceHints: boolean): Session => ({
  diagnostics: [],
  performanceHints,
  hinted: new Set(),
  deepest: undefined,
  afterwards: new Map(),
  changedCollections: new Map(),
  schemaChange: undefined,
  collectionWrites: new Map(),
});

/** What a query, and other work on the schema, may do unless something limits it. */
export const MAY_WRITE: EffectLimit = { effect: 'write', reason: 'model' };

interface Options {
  readonly performanceHints?: boolean;
  readonly systemTime?: bigint | undefined;
  readonly allowsComputation?: boolean;
}

/** The context in which an evaluation begins, outside of any call, with a session of its own. */
export const outermostContext = (
  host: QueryContext,
  effectLimit: EffectLimit,
  { performanceHints = false, systemTime, allowsComputation = true }: Options = {},
): Context =>
  new Context({
    session: newSession(performanceHints),
    host,
    effectLimit,
    trace: undefined,
    systemTime,
    allowsComputation,
  });
