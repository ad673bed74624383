// Converts types in source code to terms.
import type { TypeExpression } from '../parse/ast.js';
import { problems, type TypeProblem } from './problem.js';
import {
  any,
  functionType,
  interfaceType,
  intersection,
  levelled,
  named,
  never,
  nullType,
  record,
  type Skolem,
  singleton,
  skolem,
  type Term,
  tuple,
} from './terms.js';
import type { Typer } from './typer.js';

type NameRule = (
  name: string,
  args: readonly Term[],
  span: TypeExpression['span'],
  nameSpan: TypeExpression['span'],
) => Term;

function convert(type: TypeExpression, name: NameRule): Term {
  const go = (each: TypeExpression): Term => convert(each, name);
  const { span } = type;
  switch (type.kind) {
    case 'any':
      return any(span);
    case 'never':
      return never(span);
    case 'singleton':
      return singleton(type.literal, span);
    case 'name':
      return name(type.name, [], span, span);
    case 'generic':
      return name(type.name.text, type.arguments.map(go), span, type.name.span);
    case 'objectType': {
      if (type.open) {
        const fields = type.fields.map((field) => interfaceType(field.name.text, go(field.type), span));
        return fields.length === 1 ? (fields[0] as Term) : intersection(fields, span);
      }
      const fields = new Map(type.fields.map((field) => [field.name.text, go(field.type)]));
      return record(fields, type.wildcard && go(type.wildcard), span);
    }
    case 'tupleType':
      return tuple(type.elements.map(go), span);
    case 'functionType':
      return functionType(
        type.parameters.map((each) => [each.name?.text, go(each.type)] as const),
        type.variadic && [type.variadic.name?.text, go(type.variadic.type)],
        go(type.result),
        span,
      );
    case 'union':
      return { k: 'union', span, ...levelled(flat('union', type.members.map(go))) };
    case 'intersection':
      return { k: 'intersection', span, ...levelled(flat('intersection', type.members.map(go))) };
    case 'nullable':
      return { k: 'union', span, ...levelled(flat('union', [go(type.base), nullType(type.markSpan)])) };
  }
}
const flat = (k: 'union' | 'intersection', members: readonly Term[]): Term[] =>
  members.flatMap((each) => (each.k === k ? (each as Term & { k: 'union' }).variants : [each]));

/** A type that is known to be valid; `parameters` are the names of its parameters. */
export const uncheckedType = (type: TypeExpression, parameters: ReadonlySet<string> = new Set()): Term =>
  convert(type, (name, args, span) =>
    args.length === 0 && parameters.has(name) ? skolem(name, 0, span) : named(name, args, span),
  );

/** A type written by a user, and its errors. Unknown names are its parameters, if it may have any. */
export function checkedType(
  typer: Typer,
  type: TypeExpression,
  { level, allowsParameters }: { readonly level: number; readonly allowsParameters: boolean },
): { readonly type: Term; readonly problems: readonly TypeProblem[] } {
  const found: TypeProblem[] = [];
  const term = convert(type, (name, args, span, nameSpan) => {
    const shape = typer.shapes(name);
    if (shape) {
      if (shape.parameters.length !== args.length) {
        found.push(problems.arity(nameSpan, name, shape.parameters.length, args.length));
        return any(nameSpan);
      }
      if (name !== 'Ref' && name !== 'EmptyRef') return named(name, args, span);
      const [argument] = args;
      if (argument?.k === 'named') {
        const of = typer.shapes(argument.name);
        if (of) {
          if (of.document?.kind === 'document') return named(name, args, span);
          found.push(problems.refToNonDocument(span));
          return any(span);
        }
      } else {
        found.push(
          argument?.k === 'skolem'
            ? problems.unknownType(argument.span, argument.name)
            : problems.refToNonDocument(span),
        );
        return any(argument?.k === 'skolem' ? argument.span : span);
      }
    }
    if (args.length === 0 && allowsParameters) return skolem(name, level, span);
    found.push(problems.unknownType(nameSpan, name));
    return any(nameSpan);
  });
  if (allowsParameters) found.push(...unboundParameters(typer, term));
  return { type: term, problems: found };
}

/** TypeScript's names of some types. */
const MEANT: ReadonlyMap<string, string> = new Map(
  ['Any', 'Null', 'Number', 'String', 'Boolean'].map((name) => [name.toLowerCase(), name]),
);

// A parameter must occur both as an input and as an output.
function unboundParameters(typer: Typer, type: Term): TypeProblem[] {
  const known = new Map<string, { in: boolean; out: boolean; at: Skolem[] }>();
  const go = (each: Term, polarity: boolean): void => {
    switch (each.k) {
      case 'skolem': {
        let found = known.get(each.name);
        if (!found) {
          found = { in: false, out: false, at: [] };
          known.set(each.name, found);
        }
        if (polarity) found.out = true;
        else found.in = true;
        found.at.push(each);
        return;
      }
      case 'function':
        for (const [, parameter] of each.parameters) go(parameter, !polarity);
        if (each.variadic) go(each.variadic[1], !polarity);
        go(each.result, polarity);
        return;
      case 'named':
        for (const argument of each.arguments) go(argument, polarity);
        return;
      case 'tuple':
        for (const element of each.elements) go(element, polarity);
        return;
      case 'interface':
        go(each.result, polarity);
        return;
      case 'record':
        for (const field of each.fields.values()) go(field, polarity);
        if (each.wildcard) go(each.wildcard, polarity);
        return;
      case 'union':
      case 'intersection':
        for (const variant of each.variants) go(variant, polarity);
        return;
      default:
        return;
    }
  };
  go(type, true);
  return [...known].flatMap(([name, found]) => {
    const [first] = found.at;
    if (!first || (found.in && found.out)) return [];
    for (const each of found.at) each.isInvalid = true;
    const meant = MEANT.get(name);
    if (meant === undefined) return [problems.unknownType(first.span, name)];
    typer.warnings.push({ message: `Unknown type \`${name}\`. Did you mean \`${meant}\`?`, span: first.span });
    return [];
  });
}
