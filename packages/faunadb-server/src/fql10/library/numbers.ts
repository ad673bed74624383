import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { Table, types } from '../evaluate/members.js';
import { add, bits, divide, multiply, negate, power, remainder, subtract } from '../evaluate/numbers.js';
import { Double, isNumeric, type Numeric } from '../evaluate/values.js';
import { LibraryModule, shown } from './base.js';

const other = ['other', types.number] as const;

/** A quotient or a remainder; throws for a division by zero. */
export function nonZero(context: Context, result: Numeric | undefined): Numeric {
  if (result === undefined) throw errors.divideByZero(context.trace);
  return result;
}

export const numberTable = new Table<Numeric>(shown)
  .operator('+', [other], (_, self, value) => add(self, value))
  .operator('-', [other], (_, self, value) => subtract(self, value))
  .operator('-', [], (_, self) => negate(self))
  .operator('*', [other], (_, self, value) => multiply(self, value))
  .operator('/', [other], (context, self, value) => nonZero(context, divide(self, value)))
  .operator('%', [other], (context, self, value) => nonZero(context, remainder(self, value)))
  .operator('**', [['exponent', types.number]], (_, self, value) => power(self, value))
  .operator('&', [other], (_, self, value) => bits.and(self, value))
  .operator('|', [other], (_, self, value) => bits.or(self, value))
  .operator('^', [other], (_, self, value) => bits.xor(self, value))
  .operator('~', [], (_, self) => bits.not(self));

const isDouble = (value: unknown) => value instanceof Double;
export const numberModules = [
  new LibraryModule('Number', isNumeric),
  new LibraryModule('Int', (value) => typeof value === 'number'),
  new LibraryModule('Long', (value) => typeof value === 'bigint'),
  new LibraryModule('Double', isDouble),
  new LibraryModule('Float', isDouble),
];
