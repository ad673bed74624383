// Values as texts: as code shows them (`debugText`), and as `toString()` and interpolation do (`displayText`).
import { doubleText } from '@supertokens-faunadb/java/numbers';
import { dateText, timeText } from '@supertokens-faunadb/java/time';
import type { Context } from './context.js';
import { allFields, documentLabel } from './documents.js';
import { RuntimeFailure } from './failures.js';
import { fieldText, quoted } from './quoted.js';
import { cursorText } from './tables.js';
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  EventSource,
  Id,
  isArray,
  LambdaValue,
  Module,
  type NamedFunction,
  Null,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from './values.js';

/** The text of bytes, without `Bytes(…)` around it. */
export const base64 = ({ bytes }: Bytes): string => Buffer.from(bytes).toString('base64');

export function debugText(context: Context, value: Value, nested = false): string {
  context.host.budget.visit();
  if (value instanceof Id) return `ID("${value.value}")`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Double) return doubleText(value.value);
  if (typeof value === 'string') {
    context.host.budget.make(2 * value.length);
    return quoted(value);
  }
  if (value instanceof Bytes) return `Bytes("${base64(value)}")`;
  if (value instanceof Time) return `Time("${timeText(value.nanos)}")`;
  if (value instanceof DateValue) return `Date("${dateText(value.day)}")`;
  if (value instanceof Uuid) return `UUID("${value.text}")`;
  if (value instanceof Null) return 'null';
  if (isArray(value)) return made(context, `[${value.map((each) => debugText(context, each, nested)).join(', ')}]`);
  if (value instanceof Struct) return structText(context, value, nested);
  if (value instanceof Module) return value.parent ? `${debugText(context, value.parent)}.${value.name}` : value.name;
  if (value instanceof TransactionTime) return 'TransactionTime()';
  if (value instanceof SetCursor) return quoted(displayText(context, value));
  if (value instanceof SetValue) return '[set]';
  if (value instanceof EventSource) return '[event source]';
  if (value instanceof Doc) return nested ? documentLabel(context, value) : documentText(context, value);
  if (value instanceof LambdaValue) return '[function <lambda>]';
  return `[function ${(value as NamedFunction).name}()]`;
}

function structText(context: Context, { fields }: Struct, nested: boolean): string {
  if (fields.size === 0) return '{}';
  const parts = [...fields].map(([name, value]) => `${fieldText(name)}: ${debugText(context, value, nested)}`);
  return made(context, `{ ${parts.join(', ')} }`);
}

// Nested documents are shown in their short form: they may refer to each other.
function documentText(context: Context, document: Doc): string {
  try {
    return debugText(context, allFields(context, document), true);
  } catch (failure) {
    if (failure instanceof RuntimeFailure) return `[error: ${failure.message}]`;
    throw failure;
  }
}

function made(context: Context, text: string): string {
  context.host.budget.make(text.length);
  return text;
}

export function displayText(context: Context, value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Id) return String(value.value);
  if (value instanceof Double) return Number.isInteger(value.value) ? wholeText(value.value) : doubleText(value.value);
  if (value instanceof Bytes) return base64(value);
  if (value instanceof Time) return timeText(value.nanos);
  if (value instanceof DateValue) return dateText(value.day);
  if (value instanceof Uuid) return value.text;
  if (value instanceof SetCursor) return cursorText(context.host.budget, value);
  if (value instanceof TransactionTime) return '[transaction time]';
  return debugText(context, value);
}

// All digits of a whole double, as `%.0f` prints it.
const wholeText = (value: number): string => (Object.is(value, -0) ? '-0' : wholeDigits(value));
function wholeDigits(value: number): string {
  const text = doubleText(value);
  const [mantissa, exponent] = text.split('E') as [string, string | undefined];
  if (exponent === undefined) return mantissa.replace(/\.0$/, '');
  const [whole, fraction] = mantissa.split('.') as [string, string];
  return whole + (fraction === '0' ? '' : fraction).padEnd(Number(exponent), '0');
}
