import type { Expression, Field, Link, Literal, Name } from '../parse/ast.js';
import { THIS } from '../parse/ast.js';
import { error, hint } from '../parse/diagnostic.js';
import { type Span, through } from '../parse/span.js';
import { atTime } from './at.js';
import type { Context } from './context.js';
import { forbiddenOrMissing, guardFromNull } from './documents.js';
import { CheckFailure, errors, frame, nullFailure } from './failures.js';
import { Absent, castArgument } from './members.js';
import { globalNamed, tableOf } from './tables.js';
import { displayText } from './text.js';
import {
  Doc,
  Double,
  EventSource,
  FunctionValue,
  integerValue,
  isArray,
  LambdaValue,
  Module,
  Null,
  type NullCause,
  SetValue,
  Struct,
  type Value,
  type Variables,
} from './values.js';

/** The maximum length of a string, in UTF-16 units. */
export const MAX_STRING = 16 * 1024 * 1024;

/** The value of an expression. */
export function evaluate(context: Context, expression: Expression, variables: Variables): Value {
  switch (expression.kind) {
    case 'identifier':
      return variable(context, expression.name, expression.span, variables);
    case 'literal':
      return literalValue(expression.literal, expression.span);
    case 'template':
      return template(context, expression.parts, expression.span, variables);
    case 'if': {
      if (condition(context, expression.condition, variables)) return evaluate(context, expression.then, variables);
      if (expression.otherwise === undefined) return Null.at(expression.span);
      return evaluate(context, expression.otherwise, variables);
    }
    case 'at':
      return evaluate(
        atTime(context, evaluate(context, expression.time, variables), expression.time.span),
        expression.body,
        variables,
      );
    case 'match':
      throw new CheckFailure([error('match expr not supported', expression.span)]);
    case 'projectAll':
      throw new CheckFailure([error('project expr not supported', expression.span)]);
    case 'lambda':
      return new LambdaValue(
        expression.parameters.map((parameter) => parameter?.text),
        expression.variadic && { name: expression.variadic.name?.text },
        expression.body,
        variables,
      );
    case 'operator':
      return operator(context, expression, variables);
    case 'chain':
      return chain(context, expression.head, expression.links, variables);
    case 'project':
      return project(
        context.at(expression.span),
        evaluate(context, expression.subject, variables),
        expression.fields,
        variables,
      );
    case 'object':
      return objectValue(context, expression.fields, variables);
    case 'tuple':
      return expression.elements.length === 1
        ? evaluate(context, expression.elements[0] as Expression, variables)
        : expression.elements.map((element) => evaluate(context, element, variables));
    case 'array':
      return expression.elements.map((element) => evaluate(context, element, variables));
    case 'block': {
      let inner = variables;
      let value: Value = false;
      for (const statement of expression.statements) {
        if (statement.kind === 'let') {
          inner = { name: statement.name.text, value: evaluate(context, statement.value, inner), outer: inner };
        } else value = evaluate(context, statement.expression, inner);
      }
      return value;
    }
  }
}

function variable(context: Context, name: string, span: Span, variables: Variables): Value {
  for (let scope = variables; scope !== undefined; scope = scope.outer) if (scope.name === name) return scope.value;
  const found = globalNamed(context, name);
  if (found === undefined) throw errors.unboundVariable(name, context.within(span));
  return found;
}

/** The value of a literal. */
export function literalValue(literal: Literal, span: Span): Value {
  switch (literal.kind) {
    case 'null':
      return Null.at(span);
    case 'boolean':
    case 'string':
      return literal.value;
    case 'integer':
      return integerValue(literal.value);
    case 'double':
      // A decimal has no negative zero.
      return new Double(Number(literal.text) + 0);
  }
}

function template(context: Context, parts: readonly (string | Expression)[], span: Span, variables: Variables): Value {
  let text = '';
  for (const part of parts) {
    const added = typeof part === 'string' ? part : displayText(context, evaluate(context, part, variables));
    const size = text.length + added.length;
    if (size > MAX_STRING)
      throw errors.valueTooLarge(`string size ${size} exceeds limit ${MAX_STRING}`, context.within(span));
    context.host.budget.make(added.length);
    text += added;
  }
  return text;
}

function condition(context: Context, expression: Expression, variables: Variables): boolean {
  const value = evaluate(context, expression, variables);
  if (typeof value === 'boolean') return value;
  throw errors.invalidType('Boolean', value, context.within(expression.span));
}

function objectValue(context: Context, fields: readonly Field[], variables: Variables): Struct {
  const values = new Map<string, Value>();
  for (const [name, value] of fields) values.set(name.text, evaluate(context, value, variables));
  return new Struct(values);
}

function operator(context: Context, expression: Expression & { kind: 'operator' }, variables: Variables): Value {
  const { left, operator: name, right, rightSpan } = expression;
  if (right !== undefined) {
    switch (name.text) {
      case '??': {
        const value = evaluate(context, left, variables);
        if (value instanceof Null) return evaluate(context, right, variables);
        if (!(value instanceof Doc)) return value;
        return guardFromNull(context.at(left.span), value, '`??`') ? evaluate(context, right, variables) : value;
      }
      case '&&':
        return condition(context, left, variables) && condition(context, right, variables);
      case '||':
        return condition(context, left, variables) || condition(context, right, variables);
      case 'isa': {
        const value = evaluate(context, left, variables);
        const kind = evaluate(context, right, variables);
        if (kind instanceof Module) return kind.contains(value);
        throw errors.invalidArgument('type_object', 'expected a module object', context.within(right.span));
      }
    }
  }
  const value = evaluate(context, left, variables);
  const method = tableOf(value).operators.get(name.text);
  if (method === undefined) {
    const failure = errors.noFunction(name.text, value, context.within(name.span));
    throw value instanceof Null ? failure.withHint(hint('Null value created here', value.cause.span)) : failure;
  }
  const args = right === undefined ? [] : [evaluate(context, right, variables)];
  return method.call(context.at(rightSpan), value, args);
}

/** The result of a link of a chain: its value, its origin, and whether to skip the rest of the chain. */
interface Linked {
  readonly value: Value;
  readonly span: Span;
  readonly skips: boolean;
}

function chain(context: Context, head: Expression, links: readonly Link[], variables: Variables): Value {
  let linked: Linked = { value: evaluate(context, head, variables), span: head.span, skips: false };
  for (const link of links) {
    if (link.kind === 'bang') linked = bang(context, linked, link.span);
    else if (linked.skips) linked = { ...linked, span: link.span };
    else linked = follow(context, linked, link, variables);
  }
  return linked.value;
}

function bang(context: Context, { value, span, skips }: Linked, bangSpan: Span): Linked {
  const whole = through(span, bangSpan);
  const cause =
    value instanceof Null
      ? value.cause
      : value instanceof Doc
        ? guardFromNull(context.at(whole), value, '`!`')
        : undefined;
  if (cause) throw nullFailure(cause, context.within(whole));
  return { value, span: whole, skips };
}

function follow(
  context: Context,
  { value, span }: Linked,
  link: Exclude<Link, { kind: 'bang' }>,
  variables: Variables,
): Linked {
  const values = (args: readonly Expression[]) => args.map((argument) => evaluate(context, argument, variables));
  switch (link.kind) {
    case 'select':
      return select(context, value, span, link.field, link.optional);
    case 'apply':
      return applied(
        context,
        value,
        () => values(link.arguments),
        link.optional !== undefined,
        link.applySpan,
        undefined,
      );
    case 'access': {
      const { accessSpan } = link;
      const { access } = tableOf(value);
      if (access === undefined) throw errors.noFunction('[]', value, context.within(accessSpan));
      const args = values(link.arguments);
      const inner = context.at(accessSpan);
      if (args.length !== 1) throw errors.invalidArity({ counts: [1], variable: false }, args.length, inner.trace);
      const [name, type] = access.parameter;
      const key = castArgument(inner, [`${name}0`, type], args[0] as Value);
      const found = access.get(inner, value, key, accessSpan);
      if (!(found instanceof Absent)) return { value: found, span: accessSpan, skips: false };
      return absent(context, value, span, { text: '[]', span: accessSpan }, found.cause, link.optional !== undefined);
    }
    case 'method': {
      const { field, applySpan } = link;
      const method = tableOf(value).getMethod(context, value, field.text, field.span);
      if (method instanceof Absent) return absent(context, value, span, field, method.cause, link.selectOptional);
      if (method !== undefined) {
        const args = values(link.arguments);
        return { value: method.call(context.at(applySpan), value, args), span: applySpan, skips: false };
      }
      const selected = select(context, value, span, field, link.selectOptional);
      if (selected.skips) return selected;
      return applied(
        context,
        selected.value,
        () => values(link.arguments),
        link.applyOptional !== undefined,
        applySpan,
        field,
      );
    }
  }
}

function select(context: Context, value: Value, span: Span, field: Name, optional: boolean): Linked {
  const found = tableOf(value).getField(context.at(field.span), value, field.text, field.span);
  if (found instanceof Absent) return absent(context, value, span, field, found.cause, optional);
  return { value: found, span: field.span, skips: false };
}

// The result of accessing a field of null.
function absent(context: Context, value: Value, span: Span, field: Name, cause: NullCause, optional: boolean): Linked {
  if (value instanceof Doc) {
    const failure = forbiddenOrMissing(cause, context.within(span));
    if (failure) {
      if (!optional) throw failure;
      return { value: new Null({ ...cause, span } as NullCause), span: field.span, skips: true };
    }
  }
  if (!optional) throw errors.nullAccess(field.text, cause.span, context.within(field.span));
  return { value: new Null(cause), span: field.span, skips: true };
}

function applied(
  context: Context,
  value: Value,
  args: () => Value[],
  optional: boolean,
  span: Span,
  field: Name | undefined,
): Linked {
  if (value instanceof Null) {
    if (optional) return { value, span, skips: true };
    if (value.cause.kind === 'missingField') {
      const { of, field: missing } = value.cause;
      throw errors.noFunction(missing.text, of, context.within(missing.span));
    }
  }
  if (value instanceof FunctionValue) return { value: context.at(span).call(value, args()), span, skips: false };
  const { apply } = tableOf(value);
  if (apply) return { value: apply.call(context.at(span), value, args()), span, skips: false };
  if (field) throw errors.notAFunction(field.text, value, context.within(field.span));
  throw errors.invalidType('Function', value, context.within(span));
}

function project(context: Context, value: Value, fields: readonly Field[], variables: Variables): Value {
  const projected = (each: Value) => {
    context.spend();
    return objectValue(context, fields, { name: THIS, value: each, outer: variables });
  };
  if (value instanceof Doc) {
    const cause = guardFromNull(context, value, 'Projection');
    return cause ? new Null(cause) : projected(value);
  }
  if (value instanceof Struct || value instanceof Module) return projected(value);
  if (isArray(value) || value instanceof SetValue || value instanceof EventSource) {
    const map = tableOf(value).getMethod(context, value, 'map', context.span);
    if (map === undefined || map instanceof Absent) throw new Error('arrays, sets and event sources have `map`');
    const body: Expression = { kind: 'object', fields, span: context.span };
    return map.call(context, value, [new LambdaValue([THIS], undefined, body, variables)]);
  }
  return value;
}

export { frame };
