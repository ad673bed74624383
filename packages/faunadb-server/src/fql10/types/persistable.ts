// Which types the fields of documents can have.
import { hint } from '../parse/diagnostic.js';
import { problem, type TypeProblem } from './problem.js';
import { displayValue } from './simplify.js';
import type { Term, TypeShape } from './terms.js';
import type { Typer } from './typer.js';

const notPersistable = (typer: Typer, type: Term): TypeProblem =>
  problem(`Type ${displayValue(typer, type)} is not persistable`, type.span);

function useReference(typer: Typer, type: Term, collection: string): TypeProblem {
  const reference = `Ref<${collection}>`;
  const message = `Use ${reference} as the type of a reference to a ${collection} document`;
  return problem(`Type ${displayValue(typer, type)} is not persistable`, type.span, {
    hints: [hint(message, type.span, reference)],
  });
}

/** What prevents values of a type from being stored. */
export function unpersistable(typer: Typer, type: Term): readonly TypeProblem[] {
  const all = (terms: Iterable<Term>) => [...terms].flatMap((each) => unpersistable(typer, each));
  switch (type.k) {
    case 'any':
    case 'singleton':
      return [];
    case 'intersection': {
      const found = type.variants.map((each) => unpersistable(typer, each));
      return found.every((problems) => problems.length > 0) ? found.flat() : [];
    }
    case 'named': {
      if (type.name === 'Ref') return [];
      const shape = typer.shapes(type.name);
      if (shape?.isPersistable) return all(type.arguments);
      return [shape?.document ? useReference(typer, type, shape.document.collection) : notPersistable(typer, type)];
    }
    case 'record':
      return all(type.wildcard ? [...type.fields.values(), type.wildcard] : type.fields.values());
    case 'tuple':
      return all(type.elements);
    case 'union':
      return unpersistableVariants(typer, type.variants);
    default:
      return [notPersistable(typer, type)];
  }
}

// A document, or a reference to a missing one, can be stored only where the other one can, too.
function unpersistableVariants(typer: Typer, variants: readonly Term[]): readonly TypeProblem[] {
  const present = new Map<string, Term>();
  const missing = new Map<string, Term>();
  const found: TypeProblem[] = [];
  for (const variant of variants) {
    const shape = variant.k === 'named' ? typer.shapes(variant.name) : undefined;
    if (variant.k === 'named' && variant.name === 'EmptyRef') {
      const [to] = variant.arguments;
      const target: TypeShape | undefined = to?.k === 'named' ? typer.shapes(to.name) : undefined;
      if (to?.k === 'named' && target?.document?.kind === 'document') missing.set(to.name, variant);
    } else if (shape?.document) {
      (shape.document.kind === 'document' ? present : missing).set(shape.document.collection, variant);
    } else found.push(...unpersistable(typer, variant));
  }
  const without = (from: ReadonlyMap<string, Term>, other: ReadonlyMap<string, Term>) =>
    [...from]
      .filter(([collection]) => !other.has(collection))
      .map(([collection, type]) => useReference(typer, type, collection));
  return [...found, ...without(present, missing), ...without(missing, present)];
}
