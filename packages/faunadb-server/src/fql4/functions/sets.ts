import type { Index } from '../../model/base/index-definition.js';
import { storable } from '../../model/documents/storable.js';
import { DifferenceSet, IntersectionSet, UnionSet } from '../../model/sets/algebra.js';
import { DistinctSet, RangeSet, ReverseSet } from '../../model/sets/derived.js';
import { DocumentSet, SingletonSet } from '../../model/sets/document.js';
import { DocumentsSet } from '../../model/sets/documents.js';
import { EventsSet } from '../../model/sets/events.js';
import { IndexJoinSet, LambdaJoinSet } from '../../model/sets/join.js';
import { MatchSet } from '../../model/sets/match.js';
import { areCompatible, type ModelSet } from '../../model/sets/set.js';
import type { QueryContext } from '../../query/context.js';

import type { StoredValue } from '../../storage/data.js';
import {
  collectErrors,
  indexInactive,
  instanceNotFound,
  invalidArgument,
  permissionDenied,
  unresolvedRef,
  wrongType,
} from '../../values/errors.js';
import { NATIVE } from '../../values/ids.js';
import { at, type Position } from '../../values/position.js';
import { ValueCounts } from '../../values/value-counts.js';
import { Lambda, Page, Ref, SetValue, UnresolvedRef, type Value } from '../../values/values.js';
import {
  any,
  collectionRef,
  identifier,
  iterable,
  oneOrMore,
  ref,
  set,
  setOrArray,
  stringOrIndexRef,
  zeroOrMore,
} from '../evaluate/casts.js';
import { boundTerms, eventTerms } from '../evaluate/cursor.js';
import { type Cast, type Form, form, type Parameter } from '../evaluate/form.js';

/** The terms to look up in an index. */
const matchTerm: Cast<StoredValue> = (value, position, context) => {
  if (containsNothing(value)) throw wrongType(['Any'], value, position);
  return storable(context, value);
};

function containsNothing(value: Value): boolean {
  return value instanceof UnresolvedRef || (Array.isArray(value) && (value as readonly Value[]).some(containsNothing));
}

/** The index of a set, in the query's database or in one below it. */
function findIndex(context: QueryContext, nameOrRef: string | Ref, place: Position | undefined): Index {
  let ref: Ref;
  if (typeof nameOrRef === 'string') {
    const id = context.model.committedSchema(context.auth.scope).idOf(NATIVE.indexes, nameOrRef);
    const indexes = new UnresolvedRef('indexes', undefined, undefined);
    if (id === undefined) throw unresolvedRef(new UnresolvedRef(nameOrRef, indexes, undefined), place);
    ref = new Ref(context.auth.scope, NATIVE.indexes, id);
  } else ref = nameOrRef;
  const schema = context.model.schema(ref.scope);
  if (!schema.isWithin(context.auth.scope)) throw permissionDenied(place);
  const index = schema.index(ref.id);
  if (!index) throw instanceNotFound('Index', place);
  return index;
}

function matchSet(
  context: QueryContext,
  index: string | Ref,
  terms: readonly StoredValue[],
  position: Position | undefined,
): SetValue {
  const place = at(position, 'index');
  const found = findIndex(context, index, place);
  if (!found.active) throw indexInactive(found.name, place);
  return new MatchSet(found, terms);
}

const matchTerms = form('pure', { match: stringOrIndexRef, terms: zeroOrMore(matchTerm) }, (args, context, position) =>
  matchSet(context, args.match, args.terms, position),
);

const match = form('pure', { match: stringOrIndexRef }, (args, context, position) =>
  matchSet(context, args.match, [], position),
);

/** The old form: `match` has the terms. */
const matchIndex = form('pure', { match: zeroOrMore(matchTerm), index: stringOrIndexRef }, (args, context, position) =>
  matchSet(context, args.index, args.match, position),
);

const singleton = form('pure', { singleton: ref }, (args) => new SingletonSet(args.singleton));

const documents = form('pure', { documents: collectionRef }, (args) => new DocumentsSet(args.documents));

const events = form('pure', { events: identifier }, (args, _context, position) => {
  const of = args.events;
  if (of instanceof Ref) return new EventsSet(new DocumentSet(of));
  const source = of as ModelSet;
  if (source.shape.historical) throw invalidArgument('Set does not support events history.', position);
  return new EventsSet(source);
});

/** `union`, `intersection`, `difference`: of sets or of arrays. */
function associative(
  key: string,
  combine: (sets: readonly ModelSet[]) => SetValue,
  combineArrays: (left: readonly Value[], right: readonly Value[], context: QueryContext) => readonly Value[],
): Form {
  return form('pure', { [key]: oneOrMore(setOrArray) }, (args, context, position) => {
    const given = args[key] as readonly (readonly Value[] | SetValue)[];
    const sets = given.filter((g) => g instanceof SetValue) as unknown as ModelSet[];
    if (sets.length === 0) {
      return (given as readonly (readonly Value[])[]).reduce((left, right) => combineArrays(left, right, context));
    }
    const place = at(position, key);
    if (sets.length < given.length) {
      throw invalidArgument('Arguments cannot be of different types, expected Set or Array.', place);
    }
    collectErrors(
      ...sets.slice(1).map((set, i) => () => {
        if (!areCompatible(sets[i]!.shape, set.shape)) throw invalidArgument('Sets are not compatible.', place);
      }),
    );
    return combine(sets.flatMap((set, i) => (isInner(i, sets) ? [set, set] : [set])));
  });
}

/** The real server compares neighbours and keeps both of each pair, so inner elements are shown twice. */
function isInner(index: number, sets: readonly ModelSet[]): boolean {
  return index > 0 && index < sets.length - 1;
}

/** Each value as often as in the array that has it most often. */
function unionOf(left: readonly Value[], right: readonly Value[], { budget }: QueryContext): Value[] {
  const counts = [new ValueCounts(budget, left), new ValueCounts(budget, right)] as const;
  const seen = new ValueCounts(budget);
  const result: Value[] = [];
  for (const value of [...left, ...right]) {
    if (seen.add(value) > 1) continue;
    const count = Math.max(counts[0].countOf(value), counts[1].countOf(value));
    for (let i = 0; i < count; i++) result.push(value);
  }
  return result;
}

/** The rest of an array after each value of another removes, or keeps, one equal value. */
function matched(left: readonly Value[], right: readonly Value[], keep: boolean, { budget }: QueryContext): Value[] {
  const rest = new ValueCounts(budget, right);
  return left.filter((value) => rest.take(value) === keep);
}

const join = form(
  'pure',
  { join: set, with: { cast: any, optional: false, syntax: 'lambda or expression' } satisfies Parameter<Value> },
  (args, context, position) => {
    const source = args.join as ModelSet;
    const place = at(position, 'with');
    const target = args.with;
    if (target instanceof Lambda) {
      if (target.effect !== 'pure') {
        const description = 'Invalid lambda. Lambda in this context may not read, write, or call a user function.';
        throw invalidArgument(description, place);
      }
      return new LambdaJoinSet(source, target, position);
    }
    if (target instanceof Ref && target.collection === NATIVE.indexes) {
      return new IndexJoinSet(source, findIndex(context, target, place));
    }
    if (target instanceof UnresolvedRef) throw unresolvedRef(target, place);
    throw wrongType(['Lambda', 'Index Ref'], target, place);
  },
);

const range = form('pure', { range: set, from: any, to: any }, (args, context, position) => {
  const source = args.range as ModelSet;
  const terms = source.shape.historical ? eventTerms : boundTerms;
  const [from, to] = collectErrors(
    () => terms(context, args.from, at(position, 'from')),
    () => terms(context, args.to, at(position, 'to')),
  );
  return new RangeSet(source, from, to);
});

/** `distinct`, `reverse`: of arrays and pages, or of sets. */
function reordering(
  key: string,
  ofArray: (values: readonly Value[], context: QueryContext) => readonly Value[],
  ofSet: (set: ModelSet) => SetValue,
): Form {
  return form('pure', { [key]: iterable }, (args, context) => {
    const source = args[key] as readonly Value[] | Page | SetValue;
    if (source instanceof Page) {
      return new Page(ofArray(source.elements, context), source.before, source.after, source.unmapped);
    }
    return Array.isArray(source) ? ofArray(source as readonly Value[], context) : ofSet(source as ModelSet);
  });
}

function distinctValues(values: readonly Value[], { budget }: QueryContext): Value[] {
  const seen = new ValueCounts(budget);
  return values.filter((value) => seen.add(value) === 1);
}

export const setFunctions: readonly Form[] = [
  matchTerms,
  match,
  matchIndex,
  singleton,
  documents,
  events,
  associative('union', (sets) => new UnionSet(sets), unionOf),
  associative(
    'intersection',
    (sets) => new IntersectionSet(sets),
    (left, right, context) => matched(left, right, true, context),
  ),
  associative(
    'difference',
    (sets) => new DifferenceSet(sets),
    (left, right, context) => matched(left, right, false, context),
  ),
  join,
  range,
  reordering('distinct', distinctValues, (source) => new DistinctSet(source)),
  reordering(
    'reverse',
    (values, { budget }) => {
      budget.make(values.length);
      return [...values].reverse();
    },
    (source) => new ReverseSet(source),
  ),
];
