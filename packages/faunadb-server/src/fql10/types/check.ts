// Type checks of a single expression.
import type { Expression } from '../parse/ast.js';
import type { Hint } from '../parse/diagnostic.js';
import { hint } from '../parse/diagnostic.js';
import type { Span } from '../parse/span.js';
import { BASE } from './alts.js';
import { ExpressionTyper } from './expressions.js';
import { anneal, freeAlts } from './overloads.js';
import { problems, type TypeProblem } from './problem.js';
import type { Shown } from './shown.js';
import { typeOfValue } from './simplify.js';
import { CheckerFault, type Term, TooManySteps } from './terms.js';
import type { Scope, Typer } from './typer.js';

export interface Warning {
  readonly message: string;
  readonly span: Span;
  readonly hints?: readonly Hint[];
}

/** Runs part of a check; converts an early end to a problem at a position. */
export function guarded<T>(span: Span, body: () => T): T | readonly TypeProblem[] {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof TooManySteps) return [problems.timeLimit(span)];
    if (thrown instanceof CheckerFault) return [problems.internal(span)];
    if (thrown instanceof RangeError) return [problems.tooComplex(span)];
    throw thrown;
  }
}

/** The term of an expression's type, at the outermost level. */
export function termOf(typer: Typer, expression: Expression, scope: Scope): Term | readonly TypeProblem[] {
  return guarded(expression.span, () => {
    const found = new ExpressionTyper(typer).type(expression, { scope, level: 0 });
    if (found.problems.length > 0) return found.problems;
    return anneal(typer, found.type, true, { level: 0, free: freeAlts(typer, scope, BASE) });
  });
}

export type Checked =
  | { readonly ok: true; readonly type: Shown; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly problems: readonly TypeProblem[]; readonly warnings: readonly Warning[] };

/** Checks a query. */
export function checkExpression(typer: Typer, expression: Expression, scope: Scope): Checked {
  const checked = guarded(expression.span, () => {
    const term = termOf(typer, expression, scope);
    return 'k' in term ? typeOfValue(typer, term) : term;
  });
  if (!('k' in checked)) return { ok: false, problems: checked, warnings: typer.warnings };
  const warnings: Warning[] = [...typer.warnings];
  const isFunction =
    checked.k === 'lambda' || (checked.k === 'intersection' && checked.members.every(({ k }) => k === 'lambda'));
  if (isFunction && expression.kind === 'block') {
    const last = expression.statements.at(-1);
    if (last) {
      const { span } = last;
      const hints = [hint('Call the function.', { ...span, start: span.end }, '()')];
      warnings.push({ message: 'Function is not called.', span, hints });
    }
  }
  return { ok: true, type: checked, warnings };
}
