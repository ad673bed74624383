// Types as written after `:`.
import type { Expression, Literal, Name, TypeExpression, TypeField, TypeParameter, TypeScheme } from './ast.js';
import type { Diagnostic } from './diagnostic.js';
import { error, hint } from './diagnostic.js';
import {
  fieldSeparator,
  identifier,
  identifierRest,
  identifierStart,
  integer,
  nameOf,
  nl,
  plainIdentifier,
  spanned,
  T,
  ws,
} from './lexical.js';
import {
  CUT,
  captured,
  chain,
  either,
  fail,
  index,
  later,
  literal,
  map,
  oneOf,
  opaque,
  optional,
  part,
  pass,
  type Rule,
  type Run,
  repeat,
  separated,
  sequence,
} from './peg.js';
import { type Span, through } from './span.js';
import { doubleQuoted, singleQuoted } from './strings.js';

// While it is parsed, a type may contain what only some places allow: defaults, parameter names, `...`.
interface PartialField {
  readonly kind: 'field' | 'wildcard' | 'open';
  readonly name: Name | undefined;
  readonly type: Partial | undefined;
  readonly default: Expression | undefined;
  readonly span: Span;
}
/** A type before it is known where it stands: see {@link finishType}. */
export type Partial =
  | Exclude<
      TypeExpression,
      { kind: 'objectType' | 'generic' | 'tupleType' | 'functionType' | 'union' | 'intersection' | 'nullable' }
    >
  | { readonly kind: 'generic'; readonly name: Name; readonly arguments: readonly Partial[]; readonly span: Span }
  | { readonly kind: 'objectType'; readonly fields: readonly PartialField[]; readonly span: Span }
  | {
      readonly kind: 'tupleType' | 'union' | 'intersection';
      readonly elements: readonly Partial[];
      readonly span: Span;
    }
  | {
      readonly kind: 'functionType';
      readonly parameters: readonly PartialParameter[];
      readonly variadic: PartialParameter | undefined;
      readonly result: Partial;
      readonly span: Span;
    }
  | { readonly kind: 'nullable'; readonly base: Partial; readonly markSpan: Span; readonly span: Span };
interface PartialParameter {
  readonly name: Name | undefined;
  readonly type: Partial;
}
interface Arguments {
  readonly kind: 'arguments';
  readonly parameters: readonly PartialParameter[];
  readonly variadic: PartialParameter | undefined;
  readonly span: Span;
}
type Operand = Partial | Arguments;
export type Emit = (diagnostic: Diagnostic) => void;

const PRECEDENCE: Record<string, number> = { '=>': 0, '|': 1, '&': 2, '?': 3 };

const simple = <A>(rule: Rule<A>, make: (value: A, span: Span) => Partial): Rule<Partial> => part(spanned(rule, make));
const singleton = (value: Literal, span: Span): Partial => ({ kind: 'singleton', literal: value, span });
const keywordType = part(
  either<Partial>(
    simple(T.any, (_, span) => ({ kind: 'any', span })),
    simple(T.never, (_, span) => ({ kind: 'never', span })),
  ),
);
const literalType = part(
  either<Partial>(
    simple(T.true, (_, span) => singleton({ kind: 'boolean', value: true }, span)),
    simple(T.false, (_, span) => singleton({ kind: 'boolean', value: false }, span)),
    simple(integer, singleton),
    simple(either(singleQuoted, doubleQuoted), (value, span) => singleton({ kind: 'string', value }, span)),
  ),
);

const base = later(() => baseRule);
const term: Rule<Partial> = part((run) => termRule(run));
const full = part(map(sequence(term, nl), ([type]) => type));

const typeName = opaque(
  part(captured(sequence(identifierStart, repeat(sequence(optional(literal('.')), identifierRest))))),
  'type identifier',
);
const namedType: Rule<Partial> = part((run) => {
  const found = namedTypeParts(run);
  if (!run.ok) return undefined as never;
  const [name, rest] = found;
  if (rest === undefined) return { kind: 'name', name: name.text, span: name.span };
  const [, elements, , , end] = rest;
  return { kind: 'generic', name, arguments: elements, span: { ...name.span, end: end + run.state.offset } };
});
const namedTypeParts = sequence(
  spanned(typeName, nameOf),
  optional(sequence(T.openAngle, separated(full, T.comma, 1), optional(T.comma), literal('>'), CUT, index)),
);

const literalField: Rule<PartialField> = (run) => {
  const found = literalFieldParts(run);
  if (!run.ok) return undefined as never;
  const [name, , , type, fallback] = found;
  return {
    kind: 'field',
    name,
    type,
    default: fallback?.[1],
    span: through(name.span, fallback?.[1].span ?? type.span),
  };
};
interface ExpressionRules {
  readonly expression: Rule<Expression>;
  readonly fieldName: Rule<Name>;
}
let expressionRules: ExpressionRules | undefined;
const ofExpressions = (): ExpressionRules => expressionRules as ExpressionRules;

/** Sets the rules of expressions, which are used for defaults and themselves contain types. */
export function setExpressionRules(rules: ExpressionRules): void {
  expressionRules = rules;
}

const literalFieldParts = sequence(
  later(() => ofExpressions().fieldName),
  ws,
  T.colon,
  term,
  optional(
    sequence(
      T.equals,
      CUT,
      later(() => ofExpressions().expression),
    ),
  ),
);
const wildcardField: Rule<PartialField> = map(
  sequence(
    spanned(literal('*'), (_, span) => span),
    ws,
    T.colon,
    term,
  ),
  ([star, , , type]) => ({
    kind: 'wildcard',
    name: undefined,
    type,
    default: undefined,
    span: through(star, type.span),
  }),
);
const openField: Rule<PartialField> = spanned(T.ellipsis, (_, span) => ({
  kind: 'open',
  name: undefined,
  type: undefined,
  default: undefined,
  span,
}));

const objectBody: Rule<PartialField[]> = map(
  part(
    sequence(
      chain(separated(either(literalField, wildcardField, openField), fieldSeparator, 1), (fields) => {
        const seen = new Map<string, Name>();
        for (const { name } of fields) {
          if (name === undefined) continue;
          const first = seen.get(name.text);
          if (first !== undefined) {
            return (run: Run) => {
              run.state.errors.push(
                error('Duplicate key', name.span, { hints: [hint('Key originally used here', first.span)] }),
              );
              return fail(run);
            };
          }
          seen.set(name.text, name);
        }
        return pass(fields);
      }),
      optional(T.comma),
      nl,
    ),
  ),
  ([fields]) => fields,
);
const objectType: Rule<Partial> = part(
  spanned(sequence(T.openBrace, optional(objectBody), T.closeBrace), ([, fields], span) => ({
    kind: 'objectType',
    fields: fields ?? [],
    span,
  })),
);
const arrayTupleType: Rule<Partial> = part(
  spanned(
    sequence(T.openBracket, separated(full, T.comma), optional(T.comma), T.closeBracket),
    ([, elements], span) => ({
      kind: 'tupleType',
      elements,
      span,
    }),
  ),
);
const simpleType = part(either(keywordType, literalType, namedType, objectType, arrayTupleType), 'type');

interface ListedType {
  readonly name: Name | undefined;
  readonly variadic: boolean;
  readonly type: Partial;
}
const listed: Rule<ListedType> = map(
  part(
    sequence(
      optional(map(sequence(identifier, T.colon), ([name]) => name)),
      either<{ variadic: boolean; type: Partial }>(
        map(full, (type) => ({ variadic: false, type })),
        map(part(sequence(T.ellipsis, full)), ([, type]) => ({ variadic: true, type })),
      ),
    ),
  ),
  ([name, rest]) => ({ name, ...rest }),
);
const parenthesised: Rule<Operand> = part((run) => {
  const found = parenthesisedParts(run);
  if (!run.ok) return undefined as never;
  const [start, , types, , , end] = found;
  const span = run.state.span(start, end);
  const last = types.at(-1);
  const kept = types.filter((each, at) => {
    if (each.variadic && at < types.length - 1)
      run.state.errors.push(error('Invalid variadic argument', each.type.span));
    return !each.variadic;
  });
  if (last?.variadic === true) return { kind: 'arguments', parameters: kept, variadic: last, span };
  if (types.some(({ name }) => name !== undefined))
    return { kind: 'arguments', parameters: kept, variadic: undefined, span };
  if (kept.length === 1) return (kept[0] as ListedType).type;
  return { kind: 'tupleType', elements: kept.map(({ type }) => type), span };
});
const parenthesisedParts = sequence(
  index,
  T.openParen,
  separated(listed, T.comma),
  optional(T.comma),
  T.closeParen,
  index,
);

const baseRule: Rule<Operand> = map(part(sequence(either<Operand>(simpleType, parenthesised), ws)), ([type]) => type);

interface Operation {
  readonly name: Name;
  readonly right: Operand | undefined;
}
const unaryOperation: Rule<Operation> = map(part(sequence(spanned(oneOf('?'), nameOf), CUT, ws)), ([name]) => ({
  name,
  right: undefined,
}));
const binaryOperation: Rule<Operation> = map(
  part(sequence(spanned(oneOf('|', '&', '=>'), nameOf), CUT, nl, base)),
  ([name, , right]) => ({
    name,
    right,
  }),
);
const termParts = part(sequence(base, part(repeat(part(either(unaryOperation, binaryOperation))))));
const termRule: Rule<Partial> = (run) => {
  const found = termParts(run);
  return run.ok ? build(found[0], found[1], (diagnostic) => run.state.errors.push(diagnostic)) : (undefined as never);
};

// Named or variadic parameters are only allowed before `=>`.
function typeOnly(operand: Operand, emit: Emit): Partial {
  if (operand.kind !== 'arguments') return operand;
  for (const { name } of operand.parameters)
    if (name !== undefined) emit(error('Only lambda argument types may be named', name.span));
  if (operand.variadic !== undefined) emit(error('Invalid variadic argument', operand.variadic.type.span));
  return { kind: 'name', name: 'null', span: operand.span };
}

function build(first: Operand, operations: readonly Operation[], emit: Emit): Partial {
  const operands: Operand[] = [first];
  const pending: Operation[] = [];
  const apply = ({ name }: Operation) => {
    if (name.text === '?') {
      const base = typeOnly(operands.pop() as Operand, emit);
      operands.push({ kind: 'nullable', base, markSpan: name.span, span: through(base.span, name.span) });
      return;
    }
    const right = typeOnly(operands.pop() as Operand, emit);
    operands.push(binary(operands.pop() as Operand, name.text, right, emit));
  };
  for (const operation of operations) {
    const precedence = PRECEDENCE[operation.name.text] as number;
    for (;;) {
      const top = pending.at(-1);
      if (top === undefined) break;
      const other = PRECEDENCE[top.name.text] as number;
      if (!(other > precedence || (other === precedence && top.name.text !== '=>'))) break;
      apply(pending.pop() as Operation);
    }
    pending.push(operation);
    if (operation.right !== undefined) operands.push(operation.right);
  }
  while (pending.length > 0) apply(pending.pop() as Operation);
  return typeOnly(operands.pop() as Operand, emit);
}

function binary(left: Operand, operator: string, right: Partial, emit: Emit): Partial {
  const span = through(left.span, right.span);
  if (operator === '=>') {
    if (left.kind === 'arguments')
      return { kind: 'functionType', parameters: left.parameters, variadic: left.variadic, result: right, span };
    const parameters = (left.kind === 'tupleType' ? left.elements : [left]).map((type) => ({ name: undefined, type }));
    return { kind: 'functionType', parameters, variadic: undefined, result: right, span };
  }
  const kind = operator === '|' ? 'union' : 'intersection';
  const type = typeOnly(left, emit);
  if (type.kind !== kind) return { kind, elements: [type, right], span };
  // Extends the list of the left side, which nothing else has: copying it would take quadratic time.
  (type.elements as Partial[]).push(right);
  return { kind, elements: type.elements, span };
}

// Whether defaults are allowed, or why not.
type NoDefault = ReturnType<typeof hint> | 'here' | undefined;

/** Converts what was parsed to a type; `schema` is whether fields of objects may have defaults. */
function finished(given: Partial, schema: boolean, reason: NoDefault, emit: Emit): TypeExpression {
  switch (given.kind) {
    case 'any':
    case 'never':
    case 'singleton':
    case 'name':
      return given;
    case 'generic':
      return {
        ...given,
        arguments: given.arguments.map((each) => finished(each, false, notObject(given, schema, reason), emit)),
      };
    case 'tupleType':
      return {
        kind: 'tupleType',
        elements: given.elements.map((each) => finished(each, false, notObject(given, schema, reason), emit)),
        span: given.span,
      };
    case 'union':
    case 'intersection': {
      const why =
        reason ??
        (schema
          ? given.kind === 'union'
            ? hint('Parent is a union', given.span)
            : notObject(given, schema, reason)
          : 'here');
      return {
        kind: given.kind,
        members: given.elements.map((each) => finished(each, false, why, emit)),
        span: given.span,
      };
    }
    case 'nullable': {
      const why = reason ?? (schema ? hint('Parent is nullable', given.markSpan) : 'here');
      return {
        kind: 'nullable',
        base: finished(given.base, false, why, emit),
        markSpan: given.markSpan,
        span: given.span,
      };
    }
    case 'functionType': {
      const why = notObject(given, schema, reason);
      const parameter = ({ name, type }: PartialParameter): TypeParameter => ({
        name,
        type: finished(type, false, why, emit),
      });
      return {
        kind: 'functionType',
        parameters: given.parameters.map(parameter),
        variadic: given.variadic === undefined ? undefined : parameter(given.variadic),
        result: finished(given.result, false, why, emit),
        span: given.span,
      };
    }
    case 'objectType':
      return finishedObject(
        given,
        schema && !given.fields.some(({ kind }) => kind === 'open'),
        schema ? reason : (reason ?? 'here'),
        emit,
      );
  }
}

const notObject = (type: Partial, schema: boolean, reason: NoDefault): NoDefault =>
  reason ?? (schema ? hint('Parent is not an object', type.span) : 'here');

function finishedObject(
  given: Partial & { kind: 'objectType' },
  schema: boolean,
  reason: NoDefault,
  emit: Emit,
): TypeExpression {
  let wildcard: TypeExpression | undefined;
  let open: Span | undefined;
  const fields: TypeField[] = [];
  for (const field of given.fields) {
    if (wildcard !== undefined) {
      emit(
        error('Wildcard must be the last element in an object', field.span, {
          hints: [hint('Wildcard defined here', wildcard.span)],
        }),
      );
    }
    if (open !== undefined) {
      emit(
        error('Interface must be the last element in an object', field.span, {
          hints: [hint('Interface defined here', open)],
        }),
      );
    }
    if (field.kind === 'open') open = field.span;
    else if (field.kind === 'wildcard') wildcard = finished(field.type as Partial, false, reason ?? 'here', emit);
    else {
      if (field.default !== undefined && (reason !== undefined || !schema)) {
        emit(
          error('Default values are not allowed here', field.default.span, {
            hints: reason === undefined || reason === 'here' ? [] : [reason],
          }),
        );
      }
      const inner =
        reason ??
        (field.default === undefined ? undefined : hint('Parent has a conflicting default value', field.default.span));
      fields.push({
        name: field.name as Name,
        type: finished(field.type as Partial, schema, inner, emit),
        default: field.default,
      });
    }
  }
  return { kind: 'objectType', fields, wildcard, open: open !== undefined, span: given.span };
}

/** A type whose place is not known yet, without trailing blanks. */
export const partialTypeRule: Rule<Partial> = term;

/** Converts a type of a field in a schema file; with a `default`, defaults of inner fields conflict with it. */
export function finishFieldType(type: Partial, fallback: Expression | undefined, emit: Emit): TypeExpression {
  const reason = fallback === undefined ? undefined : hint('Parent has a conflicting default value', fallback.span);
  return finished(type, true, reason, emit);
}
/** Converts a type in which no field may have a default. */
export const finishPlainType = (type: Partial, emit: Emit): TypeExpression => finished(type, false, undefined, emit);

const withEmit =
  (schema: boolean): Rule<TypeExpression> =>
  (run) => {
    const type = term(run);
    return run.ok
      ? finished(type, schema, undefined, (diagnostic) => run.state.errors.push(diagnostic))
      : (undefined as never);
  };

/** A type without trailing blanks. */
export const typeRule0: Rule<TypeExpression> = withEmit(false);
/** A type of a schema's field, whose objects may have defaults. */
export const schemaTypeRule0: Rule<TypeExpression> = withEmit(true);
/** A type with trailing blanks. */
export const typeRule: Rule<TypeExpression> = map(sequence(typeRule0, nl), ([type]) => type);
/** A type preceded by type parameters. */
export const typeSchemeRule: Rule<TypeScheme> = map(
  part(
    sequence(
      optional(
        map(
          part(
            sequence(
              T.openAngle,
              separated(
                map(sequence(plainIdentifier, nl), ([name]) => name),
                T.comma,
                1,
              ),
              optional(T.comma),
              T.closeAngle,
              nl,
            ),
          ),
          ([, names]) => names,
        ),
      ),
      typeRule,
    ),
  ),
  ([parameters, type]) => ({ parameters: parameters ?? [], type }),
);
