// The types of functions without a signature, inferred from their bodies.
import type { Expression } from '../parse/ast.js';
import { NULL_SPAN } from '../parse/span.js';
import { guarded } from './check.js';
import { constrain } from './constrain.js';
import { ExpressionTyper } from './expressions.js';
import { hashOfText, inHashOrder } from './hash-order.js';
import { freeNames } from './names.js';
import { anneal, projectionsOf } from './overloads.js';
import { problems, type TypeProblem } from './problem.js';
import { any, type Scheme } from './terms.js';
import type { Scope, Typer } from './typer.js';

export interface Inferred {
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly problems: readonly TypeProblem[];
}

/** Infers the types of functions that may call each other, but not themselves. */
export function infer(typer: Typer, functions: ReadonlyMap<string, Expression>): Inferred {
  const uses = new Map([...functions].map(([name, body]) => [name, [...freeNames(body).values.keys()]]));
  const { order, recursive } = dependencies(uses);
  const variables = new Map([...functions.keys()].map((name) => [name, typer.freshVariable(NULL_SPAN, 1)]));
  const found: TypeProblem[] = [];
  const report = (each: readonly TypeProblem[]) => found.push(...each);

  for (const [name, body] of functions) {
    const variable = variables.get(name);
    if (!recursive.has(name) || !variable) continue;
    constrain(typer, any(), variable, { span: body.span, level: 0, scope: undefined });
  }
  for (const name of order) if (recursive.has(name)) report([problems.recursive(spanOf(functions, name), name)]);
  for (const name of order) {
    const body = functions.get(name);
    const variable = variables.get(name);
    if (recursive.has(name) || !body || !variable) continue;
    typer.renew();
    let scope: Scope;
    for (const used of uses.get(name) ?? []) {
      const raw = variables.get(used);
      if (raw) scope = { name: used, scheme: { k: 'polymorphic', raw, level: 0 }, outer: scope };
    }
    const { span } = body;
    const checked = guarded(span, () => {
      const typed = new ExpressionTyper(typer).type(body, { scope, level: 1 });
      const misfits = constrain(typer, typed.type, variable, { span, level: 0, scope: undefined });
      return { all: [...typed.problems, ...misfits] };
    });
    report('all' in checked ? checked.all : checked);
  }

  const schemes = new Map<string, Scheme>();
  for (const [name, raw] of variables) {
    typer.renew();
    const annealed = guarded(spanOf(functions, name), () => anneal(typer, raw, true, { level: 1, free: new Set() }));
    if ('k' in annealed) {
      schemes.set(name, { k: 'polymorphic', raw: annealed, level: 0 });
      report(projectionsOf(annealed).map(({ span }) => problems.projection(span)));
    } else report(annealed);
  }
  return { schemes, problems: found };
}

const spanOf = (functions: ReadonlyMap<string, Expression>, name: string) => functions.get(name)?.span ?? NULL_SPAN;

/** How many calls are followed at most where functions call each other in circles. */
const MAX_VISITS = 10_000;

/** An order in which each function comes after those it uses, and the functions at which this is impossible. */
function dependencies(uses: ReadonlyMap<string, readonly string[]>): {
  readonly order: readonly string[];
  readonly recursive: ReadonlySet<string>;
} {
  const order = new Set<string>();
  const recursive = new Set<string>();
  const pending = new Set<string>();
  /** Functions that lead to no circle: following them again finds nothing. */
  const settled = new Set<string>();
  let visits = 0;
  const visit = (name: string): void => {
    const names = uses.get(name);
    if (!names || settled.has(name) || ++visits > MAX_VISITS + uses.size) return;
    pending.add(name);
    let isSettled = true;
    for (const used of inHashOrder(names, hashOfText)) {
      if (pending.has(used)) recursive.add(used);
      else visit(used);
      if (uses.has(used) && !settled.has(used)) isSettled = false;
    }
    pending.delete(name);
    order.add(name);
    if (isSettled) settled.add(name);
  };
  for (const name of [...uses.keys()].sort()) if (!order.has(name)) visit(name);
  return { order: [...order], recursive };
}
