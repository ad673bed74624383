import type { QueryContext } from '../../query/context.js';
import type { Ref } from '../../values/values.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { evaluate } from './evaluate.js';
import { errors, type Frame, frame } from './failures.js';
import { accepts, type FunctionValue, type LambdaValue, type Value } from './values.js';

/** The maximum depth of calls, as on the real server. */
export const MAX_FRAMES = 2048;

/** The size of a logged message beside its text, in characters. */
const LOGGED = 64;

/** The effect of an action; each level includes the lower ones. */
export const EFFECTS = ['pure', 'observation', 'read', 'write'] as const;
export type Effect = (typeof EFFECTS)[number];
const EFFECT_NAMES = { pure: 'pure', observation: 'an observation', read: 'a read', write: 'a write' };

/** The strongest effect allowed in a place, and the place's name in errors. */
export interface EffectLimit {
  readonly effect: Effect;
  readonly reason: string;
}

/** State shared by all contexts of a query. */
export interface Session {
  /** Logged messages, in the order of evaluation. */
  readonly diagnostics: Diagnostic[];
  /** Whether performance hints are requested. */
  readonly performanceHints: boolean;
  /** The hints about single reads so far, with their positions. */
  readonly hinted: Set<string>;
  /** Checks that run at the end of the query, by subject. */
  readonly afterwards: Map<string, () => void>;
  /** The position at the last deepening of the evaluation. */
  deepest: Frame | undefined;
  /** The collections' documents that the query has written, and where, by id. */
  readonly changedCollections: Map<bigint, { readonly ref: Ref; readonly context: Context }>;
  /** Where the query has last changed the schema. */
  schemaChange: { readonly trace: Frame | undefined } | undefined;
  /** What the query has changed of each collection: itself, or documents in it. */
  readonly collectionWrites: Map<number, 'collection' | 'document'>;
}

interface Properties {
  readonly session: Session;
  /** The query's context in the model: identity, database and time. */
  readonly host: QueryContext;
  readonly effectLimit: EffectLimit;
  readonly trace: Frame | undefined;
  /** The time of the set that a cursor reads, in µs. */
  readonly systemTime: bigint | undefined;
  /** Whether computed fields and `ts` may be read: not while they are computed for an index. */
  readonly allowsComputation: boolean;
}

/** The context of an evaluation. Immutable: calls, `at` and functions with roles create contexts of their own. */
export class Context implements Properties {
  readonly session: Session;
  readonly host: QueryContext;
  readonly effectLimit: EffectLimit;
  readonly trace: Frame | undefined;
  readonly systemTime: bigint | undefined;
  readonly allowsComputation: boolean;

  constructor(properties: Properties) {
    this.session = properties.session;
    this.host = properties.host;
    this.effectLimit = properties.effectLimit;
    this.trace = properties.trace;
    this.systemTime = properties.systemTime;
    this.allowsComputation = properties.allowsComputation;
  }

  with(changes: Partial<Properties>): Context {
    return new Context({
      session: changes.session ?? this.session,
      host: changes.host ?? this.host,
      effectLimit: changes.effectLimit ?? this.effectLimit,
      trace: 'trace' in changes ? changes.trace : this.trace,
      systemTime: 'systemTime' in changes ? changes.systemTime : this.systemTime,
      allowsComputation: changes.allowsComputation ?? this.allowsComputation,
    });
  }

  /** The context inside a call at `span`. */
  at(span: Span): Context {
    return this.with({ trace: frame(span, this.trace) });
  }

  /** The position of the innermost call. */
  get span(): Span {
    return this.trace?.span ?? NULL_SPAN;
  }

  /** A position inside the innermost call. */
  within(span: Span): Frame {
    return frame(span, this.trace);
  }

  /** The time at which documents are read, in µs; `undefined` is now. */
  get readTime(): bigint | undefined {
    return this.host.validTime ?? this.systemTime;
  }

  /** Counts a step. */
  spend(): void {
    this.host.budget.spend();
  }

  /** @throws if this effect is not allowed here. */
  require(effect: Effect, action: string): void {
    const { effect: limit, reason } = this.effectLimit;
    if (EFFECTS.indexOf(effect) <= EFFECTS.indexOf(limit)) return;
    throw errors.invalidEffect(
      `${action} performs ${EFFECT_NAMES[effect]}, which is not allowed in ${reason}.`,
      this.trace,
    );
  }

  /** The same context with a stricter limit. */
  limited(effect: Effect, reason: string): Context {
    if (EFFECTS.indexOf(effect) >= EFFECTS.indexOf(this.effectLimit.effect)) return this;
    return this.with({ effectLimit: { effect, reason } });
  }

  /** Calls a function; the innermost frame is the position of its arguments. */
  call(fn: FunctionValue, args: readonly Value[]): Value {
    this.spend();
    if (!accepts(fn.arity, args.length)) throw errors.invalidArity(fn.arity, args.length, this.trace);
    return fn.call(this, args);
  }

  /** Evaluates a lambda's body with its arguments bound. */
  evaluateBody(lambda: LambdaValue, args: readonly Value[]): Value {
    // The frame of the call exists already.
    if ((this.trace?.depth ?? 0) - 1 > MAX_FRAMES) throw errors.stackOverflow(MAX_FRAMES, this.trace);
    this.session.deepest = this.trace;
    let variables = lambda.closure;
    lambda.parameters.forEach((name, i) => {
      if (name !== undefined) variables = { name, value: args[i] as Value, outer: variables };
    });
    const rest = lambda.variadic?.name;
    if (rest !== undefined) variables = { name: rest, value: args.slice(lambda.parameters.length), outer: variables };
    return evaluate(this, lambda.body, variables);
  }

  log(diagnostic: Diagnostic): void {
    this.host.budget.make(diagnostic.message.length + LOGGED);
    this.session.diagnostics.push(diagnostic);
  }
}
