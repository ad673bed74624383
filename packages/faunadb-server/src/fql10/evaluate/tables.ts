import type { Context } from './context.js';
import type { Table } from './members.js';
import { Module, type SetCursor, type SetValue, type Value } from './values.js';

type Finder = (value: Exclude<Value, Module>) => Table;
let find: Finder = () => {
  throw new Error('the library is not loaded');
};

/** Says where the members of values are found: the library is loaded after the evaluation that it is made with. */
export function setTables(finder: Finder): void {
  find = finder;
}

type Globals = (context: Context, name: string) => Value | undefined;
let globals: Globals = () => undefined;

/** Says how names that are no variables are found. */
export function setGlobals(finder: Globals): void {
  globals = finder;
}

/** What a name that is no variable stands for: something of the library, a collection, a function. */
export const globalNamed: Globals = (context, name) => globals(context, name);

interface SetTexts {
  /** A cursor as text; `time` is that of the transaction where it does not say since when it is read. */
  cursor(cursor: SetCursor, time: bigint | undefined): string;
  /** What tells sets apart that are made in different ways; `undefined` where nothing does. */
  key(set: SetValue): string | undefined;
}
let setTexts: SetTexts | undefined;

/** Says how sets and cursors are written. */
export function setSetTexts(texts: SetTexts): void {
  setTexts = texts;
}

export const cursorText = (cursor: SetCursor): string => (setTexts as SetTexts).cursor(cursor, undefined);
export const setKey = (set: SetValue): string | undefined => (setTexts as SetTexts).key(set);

/** The members of a value. */
export const tableOf = (value: Value): Table => (value instanceof Module ? value.table : find(value));
