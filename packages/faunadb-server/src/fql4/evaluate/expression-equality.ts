import { sameUnresolved, sameValue } from '../../values/equality.js';
import { Do, Let, Variable } from './control.js';
import { ArrayExpression, Constant, type Expression, type Field, ObjectExpression, RefLiteral } from './expression.js';

/**
 * Whether the real server treats two expressions as equal: it compares the parts of values, variables, `let`, `do`, arrays
 * and objects, but never considers two function calls, or forms in two places, equal.
 */
export function sameExpression(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a instanceof Constant) return b instanceof Constant && sameValue(a.value, b.value);
  if (a instanceof RefLiteral) return b instanceof RefLiteral && sameUnresolved(a.ref, b.ref);
  if (a instanceof Variable) return b instanceof Variable && a.name === b.name;
  if (a instanceof Let) return b instanceof Let && sameFields(a.bindings, b.bindings) && sameExpression(a.body, b.body);
  if (a instanceof Do) return b instanceof Do && sameAll(a.expressions, b.expressions);
  if (a instanceof ArrayExpression) return b instanceof ArrayExpression && sameAll(a.elements, b.elements);
  if (a instanceof ObjectExpression) {
    return b instanceof ObjectExpression && a.quoted === b.quoted && sameFields(a.fields, b.fields);
  }
  return false;
}

function sameAll(a: readonly Expression[], b: readonly Expression[]): boolean {
  return a.length === b.length && a.every((element, i) => sameExpression(element, b[i]!));
}

function sameFields(a: readonly Field[], b: readonly Field[]): boolean {
  return a.length === b.length && a.every(([name, value], i) => name === b[i]![0] && sameExpression(value, b[i]![1]));
}
