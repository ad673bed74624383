// Checks against a given type.
import type { Expression } from '../parse/ast.js';
import { NULL_SPAN } from '../parse/span.js';
import { guarded } from './check.js';
import { constrain } from './constrain.js';
import { ExpressionTyper } from './expressions.js';
import type { TypeProblem } from './problem.js';
import type { Term } from './terms.js';
import type { Typer } from './typer.js';

/** What prevents an expression from having a type. */
export function problemsOf(typer: Typer, expression: Expression, type: Term): readonly TypeProblem[] {
  const { span } = expression;
  const found = guarded(span, () => {
    const typed = new ExpressionTyper(typer).type(expression, { scope: undefined, level: 0 });
    const misfits = constrain(typer, typed.type, type, { span, level: 0, scope: undefined });
    return { all: [...typed.problems, ...misfits] };
  });
  return 'all' in found ? found.all : found;
}

/** Whether all values of a type have another. Neither type has variables. */
export function isSubtype(typer: Typer, value: Term, use: Term): boolean {
  return constrain(typer, value, use, { span: NULL_SPAN, level: 0, scope: undefined }).length === 0;
}
