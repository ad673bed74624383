// Runs a query in FQL v10: parses and evaluates it, and prepares its value or error for output.
import './library/index.js';
import type { QueryContext } from '../query/context.js';
import { ParsedQueries } from '../query/parsed-queries.js';
import { type Context, MAX_FRAMES } from './evaluate/context.js';
import { evaluate } from './evaluate/evaluate.js';
import { CheckFailure, errors, frame, RuntimeFailure } from './evaluate/failures.js';
import { MAY_WRITE, outermostContext } from './evaluate/outermost-context.js';
import type { Value, Variables } from './evaluate/values.js';
import { sourceRunner } from './functions/source-code.js';
import { type Diagnostic, error, render, TEMPLATE_SIGN } from './parse/diagnostic.js';
import { foreseeParsing } from './parse/foreseen.js';
import { parseQuery } from './parse/parse.js';
import { DECODED_SOURCE, querySource, type Span } from './parse/span.js';
import { finishQuery } from './schema/settle.js';
import { checkQuery } from './typecheck/checker.js';
import { type QueryBody, RequestFailure } from './wire/body.js';
import { decodeValue, type Format, InvalidValue } from './wire/decode.js';
import { encodeReady, makeReady } from './wire/encode.js';

/** The request of a query. */
export interface ParsedRequest {
  readonly body: QueryBody;
  readonly format: Format;
  /** Whether to check types before it runs; by default the database's setting. */
  readonly typecheck: boolean | undefined;
  readonly performanceHints: boolean;
}

/** The outcome of a query; `fields` are the first fields of its answer, as JSON. */
export interface QueryResult {
  readonly isOk: boolean;
  readonly fields: string;
  readonly summary: string;
}

const START: Span = { start: 0, end: 0, source: querySource('') };
const texts = new ParsedQueries((text) => parseQuery(text));
const templates = new ParsedQueries((text) => parseQuery(text, true));
/** How long it takes to show a part of a text in a message, and how many characters the rest of the message counts. */
const MILLISECONDS_PER_CHARACTER = 0.0001;
const MESSAGE = 50;
const MARK_LENGTH = `${TEMPLATE_SIGN}value>`.length;

/** Runs functions that are called from the model or from FQL v4. */
export const runSource = sourceRunner(finishQuery);

/** Evaluates a query. @throws {RequestFailure} if its arguments are invalid */
export function answerQuery(host: QueryContext, request: ParsedRequest): QueryResult {
  const context = outermostContext(host, MAY_WRITE, { performanceHints: request.performanceHints });
  const { session } = context;
  const { mayLog } = host.auth.permissions;
  const isShown = ({ source }: Span) => (mayLog ? source.name !== DECODED_SOURCE.name : source.name === '*query*');
  const shown = (each: Diagnostic) => {
    host.budget.touch();
    host.budget.foresee(extentOf(each) * MILLISECONDS_PER_CHARACTER);
    return render(each);
  };
  const logs = () => session.diagnostics.filter(({ span }) => mayLog || isShown(span));
  const given = argumentsOf(context, request);
  try {
    const { data, staticType } = run(context, request, given);
    const type = staticType === undefined ? '' : `,"static_type":${JSON.stringify(staticType)}`;
    return { isOk: true, fields: `"data":${data}${type}`, summary: logs().map(shown).join('\n\n') };
  } catch (thrown) {
    const { failure, abort } = settledFailure(context, thrown, request.format);
    const diagnostics = failure instanceof CheckFailure ? checksOf(failure, mayLog) : [failure.diagnostic(isShown)];
    const warnings = logs().filter(({ name }) => name === 'warning');
    const others = logs().filter(({ name }) => name !== 'warning');
    const found = diagnostics.filter((each) => each !== undefined);
    return {
      isOk: false,
      fields: `"error":${errorJson(failure, abort)}`,
      summary: [...warnings, ...found, ...others].map(shown).join('\n\n'),
    };
  }
}

/** How many characters of texts a message is about. */
const extentOf = ({ span, hints = [] }: Diagnostic): number =>
  hints.reduce((sum, each) => sum + MESSAGE + each.span.end - each.span.start, MESSAGE + span.end - span.start);

const checksOf = ({ errors: found }: CheckFailure, mayLog: boolean): readonly Diagnostic[] =>
  mayLog ? found : found.filter(({ span }) => span.source.name === '*query*' || span.source.name === '*null*');

function argumentsOf(context: Context, { body, format }: ParsedRequest): Map<string, Value> {
  const given = new Map<string, Value>();
  for (const [name, json] of body.arguments) {
    try {
      given.set(name, decodeValue(context, json, format));
    } catch (thrown) {
      if (!(thrown instanceof InvalidValue)) throw thrown;
      throw new RequestFailure(`Invalid argument '${name}': ${thrown.message}`);
    }
  }
  return given;
}

function run(context: Context, { body, format, typecheck }: ParsedRequest, given: Map<string, Value>) {
  const { text, values } = body.query;
  foreseeParsing(context.host.budget, text.length);
  const read = (values.length > 0 ? templates : texts).get(text);
  const variables = new Map(given);
  const invalid: Diagnostic[] = [];
  values.forEach(({ value, at }, i) => {
    try {
      variables.set(`$${i}`, decodeValue(context, value, 'tagged'));
    } catch (thrown) {
      if (!(thrown instanceof InvalidValue)) throw thrown;
      invalid.push(error(thrown.message, { start: at, end: at + MARK_LENGTH, source: querySource(text) }));
    }
  });
  if (invalid.length > 0) throw new CheckFailure(invalid);
  if (!read.ok) throw new CheckFailure(read.errors);
  const { host, session } = context;
  let staticType: string | undefined;
  if (typecheck ?? host.model.schema(host.auth.scope).isTypechecked) {
    const checked = checkQuery(context, text, read.value, variables);
    session.diagnostics.push(...checked.warnings);
    if (checked.errors.length > 0) throw new CheckFailure(checked.errors);
    staticType = checked.staticType;
  }
  let scope: Variables;
  for (const [name, value] of variables) scope = { name, value, outer: scope };
  const value = evaluate(context, read.value, scope);
  finishQuery(context);
  const { writeTime, time } = host.model.keys;
  return { data: encodeReady(makeReady(context, value), format, writeTime, time), staticType };
}

/** The failure that an exception stands for; one that is a bug is thrown again. */
export function failureOf(context: Context, thrown: unknown): CheckFailure | RuntimeFailure {
  if (thrown instanceof CheckFailure || thrown instanceof RuntimeFailure) return thrown;
  // Nested expressions may exceed the depth of JavaScript's stack.
  if (thrown instanceof RangeError && thrown.message.includes('call stack')) {
    return errors.stackOverflow(MAX_FRAMES, context.session.deepest ?? frame(START, undefined));
  }
  throw thrown;
}

/**
 * The failure that an exception stands for, and as JSON the value that the query was aborted with. If that value cannot be
 * read, this is the failure.
 */
export function settledFailure(
  context: Context,
  thrown: unknown,
  format: Format,
  time?: bigint,
): { readonly failure: CheckFailure | RuntimeFailure; readonly abort: string | undefined } {
  const failure = failureOf(context, thrown);
  if (!(failure instanceof RuntimeFailure && failure.abort)) return { failure, abort: undefined };
  const { keys } = context.host.model;
  try {
    const ready = makeReady(failure.abort.context, failure.abort.given);
    return { failure, abort: encodeReady(ready, format, time ?? keys.writeTime, time ?? keys.time) };
  } catch (unreadable) {
    return { failure: failureOf(context, unreadable), abort: undefined };
  }
}

function errorJson(failure: CheckFailure | RuntimeFailure, abort: string | undefined): string {
  const parts = [`"code":${JSON.stringify(failure.code)}`, `"message":${JSON.stringify(failure.message)}`];
  if (failure instanceof RuntimeFailure) {
    if (failure.constraintFailures.length > 0) {
      const failures = failure.constraintFailures.map(({ paths, message }) => ({ paths, message }));
      parts.push(`"constraint_failures":${JSON.stringify(failures)}`);
    }
    if (abort !== undefined) parts.push(`"abort":${abort}`);
  }
  return `{${parts.join(',')}}`;
}
