import type { QueryContext } from '../../query/context.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { evaluate } from './evaluate.js';
import { errors, type Frame, frame } from './failures.js';
import { accepts, type FunctionValue, type LambdaValue, type Value } from './values.js';

/** How many calls may lie within each other, as on the real server. */
export const MAX_FRAMES = 2048;

/** What an action does at the most; each includes those before it. */
export const EFFECTS = ['pure', 'observation', 'read', 'write'] as const;
export type Effect = (typeof EFFECTS)[number];
const EFFECT_NAMES = { pure: 'pure', observation: 'an observation', read: 'a read', write: 'a write' };

/** The most that may happen in a place, and how errors call the place. */
export interface EffectLimit {
  readonly effect: Effect;
  readonly reason: string;
}

/** What one query's contexts share. */
export interface Session {
  /** What the query logs, in the order of evaluation. */
  readonly diagnostics: Diagnostic[];
  /** Whether hints about what reads more than it must are asked for. */
  readonly performanceHints: boolean;
  /** What is checked when the query is done, by what it concerns. */
  readonly afterwards: Map<string, () => void>;
  /** Where the query was when its evaluation last went deeper. */
  deepest: Frame | undefined;
  /** What of each collection the query has changed: itself, or documents in it. */
  readonly collectionWrites: Map<number, 'collection' | 'document'>;
}

interface Properties {
  readonly session: Session;
  /** The same query as the model knows it: who asks, in which database, at which time. */
  readonly host: QueryContext;
  readonly effectLimit: EffectLimit;
  readonly trace: Frame | undefined;
  /** Since when the set of a cursor is read, in µs. */
  readonly systemTime: bigint | undefined;
  /** Whether computed fields and `ts` may be read: not while an index is made of them. */
  readonly allowsComputation: boolean;
}

/** What an expression is evaluated in. Immutable: calls, `at`, functions with roles make contexts of their own. */
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

  /** The context within a call that stands at `span`. */
  at(span: Span): Context {
    return this.with({ trace: frame(span, this.trace) });
  }

  /** Where the innermost call stands. */
  get span(): Span {
    return this.trace?.span ?? NULL_SPAN;
  }

  /** A place within the innermost call. */
  within(span: Span): Frame {
    return frame(span, this.trace);
  }

  /** When documents are read as of, in µs: `undefined` is now. */
  get readTime(): bigint | undefined {
    return this.host.validTime ?? this.systemTime;
  }

  /** Accounts for a step. */
  spend(): void {
    this.host.budget.spend();
  }

  /** @throws where this may not happen here. */
  require(effect: Effect, action: string): void {
    const { effect: limit, reason } = this.effectLimit;
    if (EFFECTS.indexOf(effect) <= EFFECTS.indexOf(limit)) return;
    throw errors.invalidEffect(
      `${action} performs ${EFFECT_NAMES[effect]}, which is not allowed in ${reason}.`,
      this.trace,
    );
  }

  /** The same with a narrower limit. */
  limited(effect: Effect, reason: string): Context {
    if (EFFECTS.indexOf(effect) >= EFFECTS.indexOf(this.effectLimit.effect)) return this;
    return this.with({ effectLimit: { effect, reason } });
  }

  /** Calls a function; the innermost frame is where its arguments stand. */
  call(fn: FunctionValue, args: readonly Value[]): Value {
    this.spend();
    if (!accepts(fn.arity, args.length)) throw errors.invalidArity(fn.arity, args.length, this.trace);
    return fn.call(this, args);
  }

  /** Evaluates a lambda's body with its arguments bound. */
  evaluateBody(lambda: LambdaValue, args: readonly Value[]): Value {
    // The frame of the call is there already.
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
    this.session.diagnostics.push(diagnostic);
  }
}
