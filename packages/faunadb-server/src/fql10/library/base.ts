import type { Context } from '../evaluate/context.js';
import { Table, types } from '../evaluate/members.js';
import { compare, equals } from '../evaluate/order.js';
import { displayText } from '../evaluate/text.js';
import { Module, type Value } from '../evaluate/values.js';

const other = ['other', types.any] as const;
const ordered = (test: (order: number) => boolean) => (context: Context, self: Value, value: Value) => {
  const order = compare(context, self, value);
  return order !== undefined && test(order);
};

/** Members of all values. */
export const base = new Table()
  .operator('==', [other], (context, self, value) => equals(context, self, value))
  .operator('!=', [other], (context, self, value) => !equals(context, self, value))
  .operator(
    '<',
    [other],
    ordered((order) => order < 0),
  )
  .operator(
    '<=',
    [other],
    ordered((order) => order <= 0),
  )
  .operator(
    '>',
    [other],
    ordered((order) => order > 0),
  )
  .operator(
    '>=',
    [other],
    ordered((order) => order >= 0),
  );

/** Members of all values except objects, documents and modules, whose fields may have any name. */
export const shown = new Table(base).method('toString', [], (context, self) => displayText(context, self));

/** A module of the library. */
export class LibraryModule extends Module {
  override readonly table: Table<Value>;

  constructor(
    override readonly name: string,
    readonly isOne: (value: Value) => boolean = (value) => value === this,
    override readonly parent: Module | undefined = undefined,
  ) {
    super();
    this.table = new Table<Value>(base);
  }

  override contains(value: Value): boolean {
    return this.isOne(value);
  }

  /** Defines what calling it does, its fields and functions. */
  define(add: (table: Table<Value>) => void): this {
    add(this.table);
    return this;
  }
}
