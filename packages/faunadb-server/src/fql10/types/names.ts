// The free names of an expression.
import type { Expression, Link, TypeExpression } from '../parse/ast.js';

export interface Names {
  readonly values: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

type Bound = { readonly name: string; readonly outer: Bound } | undefined;

/** The names of values and of types that are not bound in an expression. */
export function freeNames(expression: Expression): Names {
  const values = new Set<string>();
  const types = new Set<string>();
  const isBound = (name: string, bound: Bound): boolean => {
    for (let at = bound; at; at = at.outer) if (at.name === name) return true;
    return false;
  };
  const typeNames = (type: TypeExpression): void => {
    switch (type.kind) {
      case 'name':
        types.add(type.name);
        return;
      case 'generic':
        type.arguments.forEach(typeNames);
        return;
      case 'objectType':
        for (const field of type.fields) typeNames(field.type);
        if (type.wildcard) typeNames(type.wildcard);
        return;
      case 'tupleType':
        type.elements.forEach(typeNames);
        return;
      case 'functionType':
        for (const parameter of type.parameters) typeNames(parameter.type);
        if (type.variadic) typeNames(type.variadic.type);
        typeNames(type.result);
        return;
      case 'union':
      case 'intersection':
        type.members.forEach(typeNames);
        return;
      case 'nullable':
        typeNames(type.base);
        return;
      default:
        return;
    }
  };
  const link = (each: Link, bound: Bound): void => {
    if (each.kind === 'apply' || each.kind === 'method' || each.kind === 'access') {
      for (const argument of each.arguments) go(argument, bound);
    }
  };
  const go = (each: Expression, bound: Bound): void => {
    switch (each.kind) {
      case 'identifier':
        if (!isBound(each.name, bound)) values.add(each.name);
        return;
      case 'literal':
        return;
      case 'template':
        for (const part of each.parts) if (typeof part !== 'string') go(part, bound);
        return;
      case 'if':
        go(each.condition, bound);
        go(each.then, bound);
        if (each.otherwise) go(each.otherwise, bound);
        return;
      case 'at':
        go(each.time, bound);
        go(each.body, bound);
        return;
      case 'match':
        go(each.subject, bound);
        for (const [, branch] of each.branches) go(branch, bound);
        return;
      case 'lambda': {
        let inner = bound;
        for (const name of [...each.parameters, each.variadic?.name])
          if (name) inner = { name: name.text, outer: inner };
        go(each.body, inner);
        return;
      }
      case 'operator':
        go(each.left, bound);
        if (each.right) go(each.right, bound);
        return;
      case 'chain':
        go(each.head, bound);
        for (const step of each.links) link(step, bound);
        return;
      case 'project':
        go(each.subject, bound);
        for (const [, field] of each.fields) go(field, bound);
        return;
      case 'projectAll':
        go(each.subject, bound);
        return;
      case 'object':
        for (const [, field] of each.fields) go(field, bound);
        return;
      case 'tuple':
      case 'array':
        for (const element of each.elements) go(element, bound);
        return;
      case 'block': {
        let inner = bound;
        for (const statement of each.statements) {
          if (statement.kind === 'expression') go(statement.expression, inner);
          else {
            if (statement.type) typeNames(statement.type);
            go(statement.value, inner);
            inner = { name: statement.name.text, outer: inner };
          }
        }
      }
    }
  };
  go(expression, undefined);
  return { values, types };
}
