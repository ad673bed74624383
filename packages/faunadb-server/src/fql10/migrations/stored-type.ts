// Types of the checker as migrations store them; `model/migrations/types.ts` reads them.
import { isScalarName } from '../../model/migrations/types.js';
import type { StoredValue } from '../../storage/data.js';
import { NATIVE } from '../../values/ids.js';
import { objectOf } from '../../values/objects.js';
import { ObjectValue, Ref } from '../../values/values.js';
import type { Literal } from '../parse/ast.js';
import { type Term, union } from '../types/terms.js';

/** Finds the internal id of a collection by the name that its documents' type has. */
export type CollectionFinder = (name: string) => number | undefined;

const NATIVE_DOCUMENTS: ReadonlyMap<string, number> = new Map([
  ['Key', NATIVE.keys],
  ['Token', NATIVE.tokens],
  ['Credential', NATIVE.credentials],
]);

/** The stored form of a type; `undefined` if its values cannot be stored. */
export function storedType(term: Term, collectionNamed: CollectionFinder): StoredValue | undefined {
  const all = (terms: readonly Term[]): readonly StoredValue[] | undefined => {
    const stored = terms.map((each) => storedType(each, collectionNamed)).filter((each) => each !== undefined);
    return stored.length === terms.length ? stored : undefined;
  };
  switch (term.k) {
    case 'any':
      return 'Any';
    case 'singleton':
      return objectOf({ type: 'Singleton', value: valueOfLiteral(term.literal) });
    case 'union':
    case 'tuple': {
      const elems = all(term.k === 'union' ? term.variants : term.elements);
      return elems && objectOf({ type: term.k === 'union' ? 'Union' : 'Tuple', elems });
    }
    case 'record': {
      const types = all([...term.fields.values()]);
      const wildcard = term.wildcard && storedType(term.wildcard, collectionNamed);
      if (!types || (term.wildcard && wildcard === undefined)) return undefined;
      const fields = new ObjectValue(
        new Map([...term.fields.keys()].map((name, i) => [name, types[i] as StoredValue])),
      );
      return objectOf({ type: 'Struct', fields, wildcard });
    }
    case 'named':
      return namedType(term.name, term.arguments, collectionNamed);
    default:
      return undefined;
  }
}

/** A type as messages about stored values name it: a reference is to a document that may be missing. */
export function persisted(term: Term): Term {
  switch (term.k) {
    case 'named': {
      const [argument] = term.arguments;
      if (argument?.k !== 'named') return { ...term, arguments: term.arguments.map(persisted) };
      const missing = { ...argument, name: `Null${argument.name}` };
      if (term.name === 'Ref') return union([argument, missing], term.span);
      return term.name === 'EmptyRef' ? missing : { ...term, arguments: term.arguments.map(persisted) };
    }
    case 'union':
      return union(term.variants.map(persisted), term.span);
    default:
      return term;
  }
}

function namedType(
  name: string,
  [argument]: readonly Term[],
  collectionNamed: CollectionFinder,
): StoredValue | undefined {
  if (argument) {
    if (name === 'Array') {
      const elem = storedType(argument, collectionNamed);
      return elem === undefined ? undefined : objectOf({ type: 'Array', elem });
    }
    return name === 'Ref' || name === 'EmptyRef' ? storedType(argument, collectionNamed) : undefined;
  }
  if (name === 'Float') return 'Double';
  if (isScalarName(name)) return name;
  // A reference to a missing document has a type of its own, but the same form.
  const found = [name, ...(name.startsWith('Null') ? [name.slice(4)] : [])]
    .map((each) => NATIVE_DOCUMENTS.get(each) ?? collectionNamed(each))
    .find((id) => id !== undefined);
  return found === undefined
    ? undefined
    : objectOf({ type: 'Doc', coll: new Ref(0, NATIVE.collections, BigInt(found)) });
}

function valueOfLiteral(literal: Literal): StoredValue {
  if (literal.kind === 'null') return null;
  return literal.kind === 'double' ? Number(literal.text) : literal.value;
}
