// The types of expressions.
import type { Expression, Link, Name } from '../parse/ast.js';
import { THIS } from '../parse/ast.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { BASE } from './alts.js';
import { constrain } from './constrain.js';
import { type Mismatch, problemOf } from './mismatch.js';
import { anneal, freeAlts } from './overloads.js';
import { problems, type TypeProblem } from './problem.js';
import { displayUse, displayValue } from './simplify.js';
import {
  access,
  any,
  apply,
  arrayOf,
  booleanType,
  diff,
  func,
  isNullSpan,
  lit,
  move,
  named,
  never,
  nullType,
  type Parameter,
  proj,
  rec,
  select,
  simple,
  stringType,
  type Term,
  tup,
  union,
} from './terms.js';
import type { Scope, Typer } from './typer.js';
import { checkedType } from './written.js';

/** The type of an expression, and its errors. */
export interface Typed {
  readonly type: Term;
  readonly problems: readonly TypeProblem[];
}

interface Place {
  readonly scope: Scope;
  readonly level: number;
}

const typed = (type: Term, ...found: readonly (readonly TypeProblem[])[]): Typed => ({ type, problems: found.flat() });

/** Receives the types of all parts of an expression: of expressions, and of steps of chains. */
export type Visit = (span: Span, type: Term) => void;

export class ExpressionTyper {
  constructor(
    readonly typer: Typer,
    readonly visit?: Visit,
  ) {}

  type(expression: Expression, place: Place): Typed {
    this.typer.step();
    const found = this.#type(expression, place);
    // Consequences of an error are not reported.
    if (found.problems.length > 0 && found.type.k === 'var') found.type.isPoisoned = true;
    this.visit?.(expression.span, found.type);
    return found;
  }

  #constrain(value: Term, use: Term, span: Span, { scope, level }: Place): readonly TypeProblem[] {
    return constrain(this.typer, value, use, { span, level, scope });
  }

  #type(expression: Expression, place: Place): Typed {
    const { typer } = this;
    const { scope, level } = place;
    const { span } = expression;
    const fresh = (at: Span) => typer.freshVariable(at, level);
    switch (expression.kind) {
      case 'identifier': {
        const { name } = expression;
        let at = scope;
        while (at && at.name !== name) at = at.outer;
        const scheme = at?.scheme ?? typer.globals(name);
        if (!scheme) return typed(any(), [problems.unbound(span, name)]);
        const type = typer.instantiate(scheme, level);
        return typed(isNullSpan(type.span) ? move(type, span) : type);
      }
      case 'literal':
        return typed(expression.literal.kind === 'null' ? nullType(span) : lit(expression.literal, span));
      case 'template': {
        const parts = expression.parts.flatMap((part) => (typeof part === 'string' ? [] : [this.type(part, place)]));
        return typed(stringType(span), ...parts.map((part) => part.problems));
      }
      case 'if': {
        const condition = this.type(expression.condition, place);
        const isBoolean = this.#constrain(
          condition.type,
          booleanType(expression.condition.span),
          expression.condition.span,
          place,
        );
        const then = this.type(expression.then, place);
        if (!expression.otherwise) return typed(nullType(span), condition.problems, isBoolean, then.problems);
        const otherwise = this.type(expression.otherwise, place);
        const result = fresh(span);
        return typed(
          result,
          condition.problems,
          isBoolean,
          then.problems,
          otherwise.problems,
          this.#constrain(then.type, result, span, place),
          this.#constrain(otherwise.type, result, span, place),
        );
      }
      case 'at': {
        const time = this.type(expression.time, place);
        const body = this.type(expression.body, place);
        const at = expression.time.span;
        const times = union([named('Time'), named('TransactionTime')], at);
        return typed(body.type, time.problems, body.problems, this.#constrain(time.type, times, at, place));
      }
      case 'lambda': {
        if (expression.short) {
          const parameter = fresh(expression.body.span);
          const body = this.type(expression.body, {
            level,
            scope: { name: THIS, scheme: simple(parameter), outer: scope },
          });
          return typed(func([[undefined, parameter]], undefined, body.type, expression.body.span), body.problems);
        }
        let inner = scope;
        const parameters = expression.parameters.map((name): Parameter => {
          const parameter = fresh(name?.span ?? NULL_SPAN);
          if (name) inner = { name: name.text, scheme: simple(parameter), outer: inner };
          return [undefined, parameter];
        });
        let variadic: Parameter | undefined;
        if (expression.variadic) {
          const { name } = expression.variadic;
          const element = fresh(name?.span ?? NULL_SPAN);
          variadic = [undefined, element];
          if (name) inner = { name: name.text, scheme: simple(arrayOf(element, element.span)), outer: inner };
        }
        const body = this.type(expression.body, { level, scope: inner });
        return typed(func(parameters, variadic, body.type, span), body.problems);
      }
      case 'operator':
        return this.#operator(expression, place);
      case 'project': {
        const subject = this.type(expression.subject, place);
        const body: Expression = { kind: 'object', fields: expression.fields, span };
        const lambda = this.type(
          { kind: 'lambda', parameters: [], variadic: undefined, body, short: true, span },
          place,
        );
        const result = fresh(span);
        const found = this.#constrain(subject.type, proj(lambda.type, result, span), span, place);
        return typed(result, subject.problems, lambda.problems, found);
      }
      case 'tuple':
      case 'array': {
        const { elements } = expression;
        const [only] = elements;
        if (expression.kind === 'tuple' && elements.length === 1 && only) {
          const inner = this.type(only, place);
          return { type: move(inner.type, span), problems: inner.problems };
        }
        const inner = elements.map((each) => this.type(each, place));
        return typed(
          tup(
            inner.map(({ type }) => type),
            span,
          ),
          ...inner.map((each) => each.problems),
        );
      }
      case 'object': {
        const fields = new Map<string, Term>();
        const found = expression.fields.map(([name, each]) => {
          const field = this.type(each, place);
          fields.set(name.text, field.type);
          return field.problems;
        });
        return typed(rec(fields, span), ...found);
      }
      case 'block': {
        let inner = scope;
        let type: Term = never();
        const found: (readonly TypeProblem[])[] = [];
        for (const statement of expression.statements) {
          if (statement.kind === 'let') {
            const { scheme, problems: letProblems } = this.#let(statement, { scope: inner, level });
            inner = { name: statement.name.text, scheme, outer: inner };
            found.push(letProblems);
            type = never();
          } else {
            const each = this.type(statement.expression, { scope: inner, level });
            found.push(each.problems);
            type = each.type;
          }
        }
        return typed(type, ...found);
      }
      case 'chain':
        return this.#chain(expression, place);
      case 'match':
        return typed(any(), [problems.unimplemented(span, 'Match')]);
      case 'projectAll':
        return typed(any(), [problems.unimplemented(span, 'ProjectAll')]);
    }
  }

  #let(
    statement: {
      readonly name: Name;
      readonly type: Parameters<typeof checkedType>[1] | undefined;
      readonly value: Expression;
    },
    place: Place,
  ) {
    const { typer } = this;
    const { scope, level } = place;
    const value = this.type(statement.value, { scope, level: level + 1 });
    if (!statement.type) {
      const raw = anneal(typer, value.type, true, { level: level + 1, free: freeAlts(typer, scope, BASE) });
      return { scheme: { k: 'polymorphic', raw, level } as const, problems: value.problems };
    }
    const signature = checkedType(typer, statement.type, { level: level + 1, allowsParameters: true });
    const fits = this.#constrain(value.type, signature.type, statement.name.span, { scope, level: level + 1 });
    return {
      scheme: { k: 'skolemized', raw: signature.type } as const,
      problems: [...value.problems, ...signature.problems, ...fits],
    };
  }

  #operator(expression: Expression & { kind: 'operator' }, place: Place): Typed {
    const { typer } = this;
    const { left, operator, right, rightSpan, span } = expression;
    const fresh = (at: Span) => typer.freshVariable(at, place.level);
    switch (operator.text) {
      case '??': {
        if (!right) break;
        const value = this.type(left, place);
        const otherwise = this.type(right, place);
        const result = fresh(rightSpan);
        return typed(
          result,
          value.problems,
          otherwise.problems,
          this.#constrain(diff(value.type, nullType(operator.span)), result, left.span, place),
          this.#constrain(otherwise.type, result, right.span, place),
        );
      }
      case '&&':
      case '||': {
        if (!right) break;
        const a = this.type(left, place);
        const b = this.type(right, place);
        return typed(
          booleanType(span),
          a.problems,
          b.problems,
          this.#constrain(a.type, booleanType(operator.span), left.span, place),
          this.#constrain(b.type, booleanType(operator.span), right.span, place),
        );
      }
      case 'isa':
        return typed(booleanType(span));
    }
    const scheme = typer.operators.get(operator.text);
    if (scheme) {
      const args = (right ? [left, right] : [left]).map((each) => [this.type(each, place), each.span] as const);
      return this.#apply(typed(typer.instantiate(scheme, place.level)), args, rightSpan, span, place);
    }
    const value = this.type(left, place);
    const mismatch: Mismatch = {
      k: 'missingField',
      value: value.type,
      dotSpan: operator.span,
      span: left.span,
      field: operator.text,
    };
    const display = { value: (term: Term) => displayValue(typer, term), use: (term: Term) => displayUse(typer, term) };
    return typed(any(), value.problems, [problemOf(mismatch, display)]);
  }

  #chain({ head, links }: Expression & { kind: 'chain' }, place: Place): Typed {
    const { typer } = this;
    const fresh = (at: Span) => typer.freshVariable(at, place.level);
    const withoutNull = ({ type, problems: found }: Typed): Typed => ({
      type: diff(type, nullType()),
      problems: found,
    });
    // The result of an optional step is a variable; null is added at the end.
    const optionally = (each: Typed, span: Span): Typed => {
      const result = fresh(span);
      return typed(result, each.problems, this.#constrain(each.type, result, span, place));
    };
    const argumentsOf = (given: readonly Expression[]) =>
      given.map((each) => [this.type(each, place), each.span] as const);
    let processed = head.span;
    let mayBeNull = false;
    let current = this.type(head, place);
    for (const link of links) {
      const through = (end: Span): Span => ({ ...head.span, end: end.end });
      current = this.#link(link, current, {
        processed,
        place,
        through,
        withoutNull,
        optionally,
        argumentsOf,
        noteNull: (isNull) => {
          mayBeNull = isNull;
        },
      });
      processed = { ...processed, end: link.span.end };
      this.visit?.(link.span, current.type);
    }
    if (!mayBeNull) return current;
    const result = fresh(head.span);
    return typed(
      result,
      current.problems,
      this.#constrain(current.type, result, head.span, place),
      this.#constrain(nullType(), result, head.span, place),
    );
  }

  #link(
    link: Link,
    of: Typed,
    {
      processed,
      place,
      through,
      withoutNull,
      optionally,
      argumentsOf,
      noteNull,
    }: {
      processed: Span;
      place: Place;
      through: (end: Span) => Span;
      withoutNull: (each: Typed) => Typed;
      optionally: (each: Typed, span: Span) => Typed;
      argumentsOf: (given: readonly Expression[]) => readonly (readonly [Typed, Span])[];
      noteNull: (mayBeNull: boolean) => void;
    },
  ): Typed {
    switch (link.kind) {
      case 'bang':
        noteNull(false);
        return { type: diff(of.type, nullType(link.span)), problems: of.problems };
      case 'select': {
        if (!link.optional) return this.#select(of, link.field, processed, place);
        const found = optionally(this.#select(withoutNull(of), link.field, processed, place), link.field.span);
        noteNull(true);
        return found;
      }
      case 'apply': {
        const { applySpan } = link;
        const target = link.optional ? withoutNull(of) : of;
        const result = this.#apply(target, argumentsOf(link.arguments), applySpan, through(applySpan), place);
        if (!link.optional) return result;
        noteNull(true);
        return optionally(result, applySpan);
      }
      case 'access': {
        const { accessSpan } = link;
        const target = link.optional ? withoutNull(of) : of;
        const [only] = link.arguments;
        const result =
          link.arguments.length === 1 && only?.kind === 'literal'
            ? this.#literalAccess(target, only, accessSpan, through(accessSpan), place)
            : this.#call(target, argumentsOf(link.arguments), accessSpan, through(accessSpan), place, access);
        if (!link.optional) return result;
        noteNull(true);
        return optionally(result, accessSpan);
      }
      case 'method': {
        if (link.selectOptional) noteNull(true);
        const selected = this.#select(link.selectOptional ? withoutNull(of) : of, link.field, processed, place);
        if (link.applyOptional) noteNull(true);
        const target = link.applyOptional ? withoutNull(selected) : selected;
        return this.#apply(target, argumentsOf(link.arguments), link.applySpan, through(link.applySpan), place);
      }
    }
  }

  #select(of: Typed, field: Name, processed: Span, place: Place): Typed {
    const dotSpan = { ...processed, start: processed.end, end: field.span.start };
    const result = this.typer.freshVariable(field.span, place.level);
    const found = this.#constrain(of.type, select(field.text, result, dotSpan, field.span), processed, place);
    return typed(result, of.problems, found);
  }

  #apply(of: Typed, args: readonly (readonly [Typed, Span])[], argumentsSpan: Span, span: Span, place: Place): Typed {
    return this.#call(of, args, argumentsSpan, span, place, apply);
  }

  #call(
    of: Typed,
    args: readonly (readonly [Typed, Span])[],
    argumentsSpan: Span,
    span: Span,
    place: Place,
    make: typeof apply | typeof access,
  ): Typed {
    const { typer } = this;
    const parameters = args.map(([, at]) => typer.freshVariable(at, place.level));
    const result = typer.freshVariable(argumentsSpan, place.level);
    const found = this.#constrain(of.type, make(parameters, result, argumentsSpan), span, place);
    const fits = args.map(([{ type }, at], i) => this.#constrain(type, parameters[i] as Term, at, place));
    return typed(result, of.problems, ...args.map(([each]) => each.problems), found, ...fits);
  }

  #literalAccess(
    of: Typed,
    key: Expression & { kind: 'literal' },
    argumentsSpan: Span,
    span: Span,
    place: Place,
  ): Typed {
    const result = this.typer.freshVariable(argumentsSpan, place.level);
    const use = access([lit(key.literal, key.span)], result, argumentsSpan);
    return typed(result, of.problems, this.#constrain(of.type, use, span, place));
  }
}
