// Errors of values that do not fit a use.
import { hint } from '../parse/diagnostic.js';
import type { Span } from '../parse/span.js';
import { AltGroup } from './alts.js';
import { problem, type TypeProblem } from './problem.js';
import { altUnion, type Interner, isNull, isNullSpan, type Term } from './terms.js';

export type Mismatch = { readonly span: Span; readonly value: Term } & (
  | { readonly k: 'missingField'; readonly dotSpan: Span; readonly field: string }
  | { readonly k: 'extraField'; readonly field: string }
  | { readonly k: 'extraWildcard' | 'cannotAccess' | 'cannotProject' }
  | { readonly k: 'notFunction'; readonly argumentsSpan: Span }
  | { readonly k: 'arity' | 'tupleArity'; readonly expected: number; readonly provided: number }
  | { readonly k: 'tupleIndex'; readonly size: number; readonly index: bigint }
  | { readonly k: 'notSameLiteral' | 'generic' | 'notSubtype'; readonly use: Term }
);

/** Formats terms for people. */
export interface Display {
  value(term: Term): string;
  use(term: Term): string;
}

const count = (what: string, too: string, few: string, expected: number, provided: number) =>
  `${what} ${provided > expected ? too : few}. Expected ${expected}, received ${provided}`;

export function problemOf(mismatch: Mismatch, display: Display): TypeProblem {
  const { value, span } = mismatch;
  switch (mismatch.k) {
    case 'missingField': {
      const { dotSpan, field } = mismatch;
      const hints = [];
      const isElsewhere =
        value.span.start !== span.start || value.span.end !== span.end || value.span.source.name !== span.source.name;
      if (!isNullSpan(value.span) && dotSpan.start !== value.span.end && isElsewhere) {
        hints.push(hint(`Type \`${display.value(value)}\` inferred here`, value.span));
      }
      if (isNull(value)) {
        hints.push(hint('Use the ! or ?. operator to handle the null case', { ...dotSpan, end: dotSpan.start }, '!'));
      }
      return problem(`Type \`${display.value(value)}\` does not have field \`${field}\``, span, { hints });
    }
    case 'extraField':
      return problem(`Type \`${display.value(value)}\` contains extra field \`${mismatch.field}\``, span);
    case 'extraWildcard':
      return problem(`Type \`${display.value(value)}\` cannot have a wildcard`, span);
    case 'cannotAccess':
      return problem(`Cannot use \`[]\` operator with type \`${display.value(value)}\``, span);
    case 'cannotProject':
      return problem(`Cannot use projection with type \`${display.value(value)}\``, span);
    case 'notFunction': {
      const shown = display.value(value);
      const { argumentsSpan } = mismatch;
      const hints = isNullSpan(argumentsSpan) ? [] : [hint(`\`${shown}\` is used as a function here`, argumentsSpan)];
      return problem(`Type \`${shown}\` cannot be used as a function`, span, { hints });
    }
    case 'arity': {
      const { expected, provided } = mismatch;
      const few = 'was not called with enough arguments';
      return problem(count('Function', 'was called with too many arguments', few, expected, provided), span);
    }
    case 'tupleArity': {
      const { expected, provided } = mismatch;
      const few = 'does not contain enough elements';
      return problem(count('Tuple', 'contains too many elements', few, expected, provided), span);
    }
    case 'tupleIndex':
      return problem(`Index ${mismatch.index} out of bounds for length ${mismatch.size}`, span);
    case 'notSameLiteral':
      return problem(`\`${display.value(value)}\` is not the value \`${display.use(mismatch.use)}\``, span);
    case 'generic':
      return problem(
        value.k === 'skolem'
          ? `Generic type \`${display.value(value)}\` cannot be used as type \`${display.use(mismatch.use)}\``
          : `Type \`${display.value(value)}\` cannot be used as generic type \`${display.use(mismatch.use)}\``,
        span,
      );
    case 'notSubtype':
      return problem(`Type \`${display.value(value)}\` is not a subtype of \`${display.use(mismatch.use)}\``, span);
  }
}

/** The id of groups that are only displayed. */
const MAX_INT = 2 ** 31 - 1;

const contains = (outer: Span, inner: Span): boolean =>
  outer.source.name === inner.source.name && outer.start <= inner.start && outer.end >= inner.end;

/** Combines the failures of checking a value against a use into one problem at a position. */
export function problemOfAll(
  value: Term,
  use: Term,
  span: Span,
  given: readonly Mismatch[],
  display: Display,
  interner: Interner,
): TypeProblem {
  const fails = given.filter(({ k }) => k !== 'notSubtype');
  const groups = new Map<string, (Mismatch & { readonly k: 'notSubtype' })[]>();
  for (const each of given) {
    if (each.k !== 'notSubtype') continue;
    const mismatch = each as Mismatch & { readonly k: 'notSubtype' };
    const key = `${each.span.source.name}:${each.span.start}-${each.span.end}:${interner.of(each.value)}`;
    const known = groups.get(key);
    if (known) known.push(mismatch);
    else groups.set(key, [mismatch]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    if (group.length === 1) fails.push(first);
    else {
      const { alts } = new AltGroup(MAX_INT, group.length, false, undefined, 0, 0);
      fails.push({ ...first, use: altUnion(alts.map((alt, i) => [alt, (group[i] as typeof first).use] as const)) });
    }
  }
  const [only] = fails;
  if (fails.length === 1 && only && (contains(span, only.span) || only.k !== 'notSubtype')) {
    return problemOf(only, display);
  }
  return problem(`Type \`${display.value(value)}\` is not a subtype of \`${display.use(use)}\``, span, {
    causes: fails.map((each) => problemOf(each, display)),
  });
}
