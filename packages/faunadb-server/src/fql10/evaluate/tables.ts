import type { Budget } from '../../values/budget.js';
import type { Context } from './context.js';
import type { Table } from './members.js';
import { Module, type SetCursor, type SetValue, type Value } from './values.js';

type Finder = (value: Exclude<Value, Module>) => Table;
let find: Finder = () => {
  throw new Error('the library is not loaded');
};

/** Sets where the members of values are found: the library is loaded after the evaluator, which it depends on. */
export function setTables(finder: Finder): void {
  find = finder;
}

type Globals = (context: Context, name: string) => Value | undefined;
let globals: Globals = () => undefined;

/** Sets how names that are not variables are resolved. */
export function setGlobals(finder: Globals): void {
  globals = finder;
}

/** Resolves a name that is not a variable: something of the library, a collection, a function. */
export const globalNamed: Globals = (context, name) => globals(context, name);

interface SetTexts {
  /** A cursor as text; `time` is the transaction's, used if the cursor has no time of its own. */
  cursor(budget: Budget, cursor: SetCursor, time: bigint | undefined): string;
  /** A text that identifies how a set was created; `undefined` if there is none. */
  key(budget: Budget, set: SetValue): string | undefined;
}
let setTexts: SetTexts | undefined;

/** Sets how sets and cursors are serialised. */
export function setSetTexts(texts: SetTexts): void {
  setTexts = texts;
}

export const cursorText = (budget: Budget, cursor: SetCursor): string =>
  (setTexts as SetTexts).cursor(budget, cursor, undefined);
export const setKey = (budget: Budget, set: SetValue): string | undefined => (setTexts as SetTexts).key(budget, set);

/** The members of a value. */
export const tableOf = (value: Value): Table => (value instanceof Module ? value.table : find(value));
