// The free names of an expression.
import type { Expression, TypeExpression } from '../parse/ast.js';
import type { Span } from '../parse/span.js';
import { childrenOf } from './children.js';

export interface Names {
  /** With the position of their first use. */
  readonly values: ReadonlyMap<string, Span>;
  readonly types: ReadonlySet<string>;
}

export const NO_VALUES: ReadonlyMap<string, Span> = new Map();

type Bound = { readonly name: string; readonly outer: Bound } | undefined;

/** The names of values and of types that are not bound in an expression. */
export function freeNames(expression: Expression): Names {
  const values = new Map<string, Span>();
  const types = new Set<string>();
  const isBound = (name: string, bound: Bound): boolean => {
    for (let at = bound; at; at = at.outer) if (at.name === name) return true;
    return false;
  };
  const go = (each: Expression, bound: Bound): void => {
    let inner = bound;
    switch (each.kind) {
      case 'identifier':
        if (!values.has(each.name) && !isBound(each.name, bound)) values.set(each.name, each.span);
        return;
      case 'lambda':
        for (const name of [...each.parameters, each.variadic?.name])
          if (name) inner = { name: name.text, outer: inner };
        go(each.body, inner);
        return;
      case 'block':
        for (const statement of each.statements) {
          if (statement.kind === 'expression') go(statement.expression, inner);
          else {
            if (statement.type) addTypeNames(statement.type, types);
            go(statement.value, inner);
            inner = { name: statement.name.text, outer: inner };
          }
        }
        return;
      default:
        for (const child of childrenOf(each)) go(child, bound);
    }
  };
  go(expression, undefined);
  return { values, types };
}

/** The names of types in a type. */
export function typeNames(type: TypeExpression): ReadonlySet<string> {
  const names = new Set<string>();
  addTypeNames(type, names);
  return names;
}

function addTypeNames(type: TypeExpression, names: Set<string>): void {
  const go = (each: TypeExpression): void => addTypeNames(each, names);
  switch (type.kind) {
    case 'name':
      names.add(type.name);
      return;
    case 'generic':
      type.arguments.forEach(go);
      return;
    case 'objectType':
      for (const field of type.fields) go(field.type);
      if (type.wildcard) go(type.wildcard);
      return;
    case 'tupleType':
      type.elements.forEach(go);
      return;
    case 'functionType':
      for (const parameter of type.parameters) go(parameter.type);
      if (type.variadic) go(type.variadic.type);
      go(type.result);
      return;
    case 'union':
    case 'intersection':
      type.members.forEach(go);
      return;
    case 'nullable':
      go(type.base);
      return;
    default:
      return;
  }
}
