import type { Diagnostic, Hint } from '../parse/diagnostic.js';
import { compareSpans, type Span } from '../parse/span.js';
import type { Context } from './context.js';
import { type Arity, arityText, type Doc, type NullCause, typeName, type Value } from './values.js';

/** The position of a call. */
export interface Frame {
  readonly span: Span;
  readonly outer: Frame | undefined;
  readonly depth: number;
}

export const frame = (span: Span, outer: Frame | undefined): Frame => ({ span, outer, depth: (outer?.depth ?? 0) + 1 });

/** The spans of the enclosing calls, the innermost first. */
export function spansOf(trace: Frame | undefined): Span[] {
  const spans: Span[] = [];
  for (let each = trace; each !== undefined; each = each.outer) spans.push(each.span);
  return spans;
}

/** An error in a field of a document. */
export interface ConstraintFailure {
  readonly paths: readonly (readonly (string | number)[])[];
  readonly message: string;
  /** Precedes the message in the summary. */
  readonly label?: string;
}

/** The errors found in a query before it runs. */
export class CheckFailure extends Error {
  static override stackTraceLimit = 0;
  readonly code = 'invalid_query';
  constructor(readonly errors: readonly Diagnostic[]) {
    super(`The query failed ${errors.length} validation ${errors.length > 1 ? 'checks' : 'check'}`);
  }
}

/** The value given to `abort`, and the context in which it is read. */
export interface Aborted {
  readonly given: Value;
  readonly context: Context;
}

/** Thrown to end a query with an error. It has no JavaScript stack, since it is a regular answer. */
export class RuntimeFailure extends Error {
  static override stackTraceLimit = 0;
  readonly hints: readonly Hint[];
  readonly constraintFailures: readonly ConstraintFailure[];
  readonly abort: Aborted | undefined;

  constructor(
    readonly code: string,
    message: string,
    readonly trace: Frame | undefined,
    more: { hints?: readonly Hint[]; constraintFailures?: readonly ConstraintFailure[]; abort?: Aborted } = {},
  ) {
    super(message);
    this.hints = more.hints ?? [];
    this.constraintFailures = more.constraintFailures ?? [];
    this.abort = more.abort;
  }

  withFailures(constraintFailures: readonly ConstraintFailure[]): RuntimeFailure {
    const { code, message, trace, hints } = this;
    return new RuntimeFailure(code, message, trace, { hints, constraintFailures });
  }

  withHint(added: Hint): RuntimeFailure {
    return new RuntimeFailure(this.code, this.message, this.trace, {
      hints: [...this.hints, added],
      constraintFailures: this.constraintFailures,
      ...(this.abort === undefined ? {} : { abort: this.abort }),
    });
  }

  /** The message with the constraint failures. */
  get fullMessage(): string {
    if (this.constraintFailures.length === 0) return this.message;
    const failures = this.constraintFailures.map(({ label, message }) => {
      const text = label === undefined || label === '' ? message : `${label}: ${message}`;
      return `\n  ${text.replaceAll('\n', '\n      ')}`;
    });
    return `${this.message}\nconstraint failures:${failures.join('')}`;
  }

  /** The text in the summary; `keep` decides which positions are shown. */
  diagnostic(keep: (span: Span) => boolean): Diagnostic | undefined {
    const spans = spansOf(this.trace).filter(keep);
    const [span, ...rest] = spans;
    if (span === undefined) return undefined;
    const trace = rest.map(
      (each, i): Hint => ({ name: i === 0 && this.hints.length > 0 ? 'trace' : '', message: '', span: each }),
    );
    return { name: 'error', message: this.fullMessage, span, hints: [...this.hints, ...trace] };
  }
}

type Trace = Frame | undefined;

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
const nullHint = (span: Span): Hint => ({ name: 'hint', message: 'Null value created here', span });

/** Whether one of two spans of the same text begins or ends inside the other. */
function overlaps(outer: Span, inner: Span): boolean {
  const holds = (at: number) => at >= outer.start && at <= outer.end;
  return outer.source.name === inner.source.name && (holds(inner.start) || holds(inner.end));
}

export const errors = {
  unboundVariable: (name: string, trace: Trace) =>
    new RuntimeFailure('unbound_variable', `Unbound variable \`${name}\``, trace),
  indexOutOfBounds: (at: number, length: number, trace: Trace) =>
    new RuntimeFailure('index_out_of_bounds', `index ${at} out of bounds for length ${length}`, trace),
  /** A value of the wrong type that is not an argument: a condition, a lambda's result. */
  invalidType: (expected: string, value: Value, trace: Trace) =>
    new RuntimeFailure('type_mismatch', `expected type: ${expected}, received ${typeName(value)}`, trace),
  invalidArgument: (name: string, reason: string, trace: Trace, hints: readonly Hint[] = []) =>
    new RuntimeFailure('invalid_argument', `invalid argument \`${name}\`: ${reason}`, trace, { hints }),
  invalidArgumentType: (name: string, expected: string, value: Value, trace: Trace) =>
    new RuntimeFailure(
      'invalid_argument',
      `expected value for \`${name}\` of type ${expected}, received ${typeName(value)}`,
      trace,
    ),
  invalidArgumentTypes: (name: string, expected: string, values: readonly Value[], trace: Trace) =>
    new RuntimeFailure(
      'invalid_argument',
      `expected arguments to \`${name}\` of type ${expected}, received (${values.map(typeName).join(', ')})`,
      trace,
    ),
  /** A value that FQL v4 does not have, passed to an FQL v4 function. */
  noValueOf4: (name: string, value: Value, trace: Trace) =>
    new RuntimeFailure(
      'invalid_argument',
      `Invalid argument for \`${name}\`. FQL v4 does not support \`${typeName(value)}\` values.`,
      trace,
    ),
  invalidBounds: (name: string, predicate: string, shown: string, trace: Trace) =>
    new RuntimeFailure('invalid_bounds', `expected \`${name}\` to be ${predicate}, received ${shown}`, trace),
  invalidRegex: (description: string, at: number, trace: Trace) =>
    new RuntimeFailure('invalid_regex', `Invalid regular expression. ${description} at index ${at}`, trace),
  constraintViolation: (message: string, constraintFailures: readonly ConstraintFailure[], trace: Trace) =>
    new RuntimeFailure('constraint_failure', message, trace, { constraintFailures }),
  invalidSchema: (message: string, trace: Trace) => new RuntimeFailure('invalid_schema', message, trace),
  invalidDocumentId: (collection: string, id: bigint, trace: Trace) =>
    new RuntimeFailure(
      'invalid_document_id',
      `Create in collection ${collection} failed due to invalid document id ${id}`,
      trace,
    ),
  documentIdExists: (collection: string, id: bigint, trace: Trace) =>
    new RuntimeFailure(
      'document_id_exists',
      `Collection \`${collection}\` already contains document with id ${id}.`,
      trace,
    ),
  documentNotFound: (collection: string, document: Doc, trace: Trace) =>
    new RuntimeFailure(
      'document_not_found',
      document.name === undefined
        ? `Collection \`${collection}\` does not contain document with id ${document.ref.id}.`
        : `${collection} \`${document.name}\` not found.`,
      trace,
    ),
  collectionDeleted: (document: Doc, trace: Trace) =>
    new RuntimeFailure(
      'document_not_found',
      `Document with id ${document.ref.id} does not exist because the collection was deleted.`,
      trace,
    ),
  /** A function argument with the wrong number of parameters. */
  invalidParameterArity: (name: string, expected: number, arity: Arity, trace: Trace) =>
    new RuntimeFailure(
      'invalid_argument',
      `\`${name}\` should accept ${plural(expected, 'parameter')}, provided function requires ${arityText(arity, 'parameter')}.`,
      trace,
    ),
  invalidArity: (arity: Arity, count: number, trace: Trace) =>
    new RuntimeFailure(
      'invalid_function_invocation',
      `callee function expects ${arityText(arity)}, but ${count} ${count === 1 ? 'was' : 'were'} provided.`,
      trace,
    ),
  noFunction: (name: string, of: Value, trace: Trace) =>
    new RuntimeFailure(
      'invalid_function_invocation',
      `The function \`${name}\` does not exist on \`${typeName(of)}\``,
      trace,
    ),
  notAFunction: (name: string, value: Value, trace: Trace) =>
    new RuntimeFailure(
      'invalid_function_invocation',
      `\`${name}\`: Expected a function, found \`${typeName(value)}\``,
      trace,
    ),
  indexNotQueryable: (collection: string, index: string, trace: Trace) =>
    new RuntimeFailure('invalid_index_invocation', `The index \`${collection}.${index}\` is not queryable.`, trace),
  nullValue: (message: string, trace: Frame, nullSpan: Span) =>
    new RuntimeFailure('null_value', message, trace, {
      hints: overlaps(trace.span, nullSpan) ? [] : [nullHint(nullSpan)],
    }),
  nullAccess: (field: string, nullSpan: Span, trace: Trace) =>
    new RuntimeFailure('invalid_null_access', `Cannot access \`${field}\` on null.`, trace, {
      hints: [nullHint(nullSpan)],
    }),
  invalidCursor: (trace: Trace) => new RuntimeFailure('invalid_cursor', 'Cursor cursor is invalid or expired.', trace),
  permissionDenied: (trace: Trace, message = 'Insufficient privileges to perform the action.') =>
    new RuntimeFailure('permission_denied', message, trace),
  invalidEffect: (message: string, trace: Trace) => new RuntimeFailure('invalid_effect', message, trace),
  mustWriteNow: (trace: Trace) =>
    new RuntimeFailure('invalid_write', 'Cannot write at a snapshot time in the past.', trace),
  collectionAndDocument: (trace: Trace) =>
    new RuntimeFailure('invalid_write', 'Cannot modify a document and its collection in the same query.', trace),
  divideByZero: (trace: Trace) => new RuntimeFailure('divide_by_zero', 'Attempted integer division by zero.', trace),
  invalidId: (shown: string, trace: Trace) =>
    new RuntimeFailure('invalid_id', `\`${shown}\` is not a valid ID.`, trace),
  invalidSecret: (trace: Trace) => new RuntimeFailure('invalid_secret', 'Provided secret did not match.', trace),
  invalidTime: (text: string, trace: Trace) =>
    new RuntimeFailure('invalid_time', `\`${text}\` is not a valid time.`, trace),
  invalidTimeUnit: (text: string, trace: Trace) =>
    new RuntimeFailure('invalid_unit', `\`${text}\` is not a valid time unit.`, trace),
  timeTooEarly: (trace: Trace) => new RuntimeFailure('invalid_time', 'Time exceeds the minimum value.', trace),
  differenceTooLarge: (trace: Trace) =>
    new RuntimeFailure('invalid_time', 'The difference exceeds the range of Long.', trace),
  timeTooLate: (trace: Trace) => new RuntimeFailure('invalid_time', 'Time exceeds the maximum value.', trace),
  invalidDate: (text: string, trace: Trace) =>
    new RuntimeFailure('invalid_date', `\`${text}\` is not a valid date.`, trace),
  invalidDateUnit: (text: string, trace: Trace) =>
    new RuntimeFailure('invalid_unit', `\`${text}\` is not a valid date unit.`, trace),
  valueTooLarge: (reason: string, trace: Trace) =>
    new RuntimeFailure('value_too_large', `Value too large: ${reason}.`, trace),
  stackOverflow: (limit: number, trace: Trace) =>
    new RuntimeFailure('stack_overflow', `number of stack frames exceeded limit of ${limit}`, trace),
  invalidReceiver: (method: string, reason: string, trace: Trace) =>
    new RuntimeFailure('invalid_receiver', `can't call \`${method}\` because ${reason}`, trace),
  computedFieldAccess: (trace: Trace) =>
    new RuntimeFailure('invalid_computed_field_access', 'invalid access of computed field', trace),
  timestampAccess: (trace: Trace) =>
    new RuntimeFailure('invalid_timestamp_field_access', 'invalid access of timestamp field', trace),
};

/** The error of using a null as a value, by the reason for the null. */
export function nullFailure(cause: NullCause, trace: Frame): RuntimeFailure {
  const created = (failure: RuntimeFailure, span: Span) =>
    overlaps(trace.span, span) ? failure : failure.withHint(nullHint(span));
  switch (cause.kind) {
    case 'invalidNumber':
      return errors.nullValue('Null value, due to invalid number', trace, cause.span);
    case 'missingField':
      return errors.nullValue(`Null value, due to missing field \`${cause.field.text}\``, trace, cause.field.span);
    case 'notFound':
    case 'deleted':
      return created(errors.documentNotFound(cause.collection, cause.document, trace), cause.span);
    case 'collectionDeleted':
      return created(errors.collectionDeleted(cause.document, trace), cause.span);
    case 'noElement':
      return errors.nullValue(`Null value, due to ${cause.reason}`, trace, cause.span);
    case 'forbidden':
      return errors.nullValue('Null value, due to permission denied', trace, cause.span);
    case 'literal':
      return errors.nullValue('Null literal value', trace, cause.span);
  }
}

export { compareSpans };
