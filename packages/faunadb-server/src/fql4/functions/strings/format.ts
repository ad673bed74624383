import {
  formatDate,
  formatDouble,
  formatInteger,
  formatText,
  formatTime,
  IllegalFormat,
  parseFormat,
  type Specifier,
  UnknownConversion,
} from '@supertokens-faunadb/java/format';
import { dateText, timeText } from '@supertokens-faunadb/java/time';
import type { QueryContext } from '../../../query/context.js';
import { DEFAULT_VERSION } from '../../../values/api-version.js';
import { boundsError, invalidArgument, wrongType } from '../../../values/errors.js';
import { at, type Position } from '../../../values/position.js';
import { DateValue, Time, type Value } from '../../../values/values.js';
import { any, string, zeroOrMore } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';
import { stringOf } from '../../evaluate/string-of.js';
import { renderInQuery } from '../../wire/render.js';

type At = Position | undefined;

function print(specifier: Specifier, value: Value, context: QueryContext, position: At): string {
  if (specifier.dateTime !== undefined) return printTemporal(specifier, value, position);
  switch (specifier.conversion) {
    case 's':
    case 'S':
      return formatText(specifier, stringOf(value, position));
    case 'b':
    case 'B':
      return formatText(specifier, String(value !== null && value !== false));
    case '@':
      return renderInQuery(context, value, DEFAULT_VERSION);
    case '^':
      return renderInQuery(context, value, context.apiVersion);
    case 'd':
    case 'x':
    case 'X':
    case 'o':
      if (typeof value !== 'bigint') throw wrongType(['Integer'], value, position);
      return formatInteger(specifier, value);
    default:
      if (typeof value !== 'number') throw wrongType(['Number'], value, position);
      return formatDouble(specifier, value);
  }
}

function printTemporal(specifier: Specifier, value: Value, position: At): string {
  const isTime = value instanceof Time;
  if (!isTime && !(value instanceof DateValue)) throw wrongType(['Date', 'Time'], value, position);
  // Without a suffix, a time is printed as by `to_string`.
  if (specifier.conversion === '') return isTime ? timeText(value.nanos) : dateText(value.day);
  const text = isTime ? formatTime(specifier, value.nanos) : formatDate(specifier, value.day);
  if (text === undefined) throw invalidArgument(`Invalid date/time suffix '${specifier.text}'.`, position);
  return text;
}

function invalidConversion(conversion: string, position: At) {
  return invalidArgument(`Invalid conversion format '${conversion}'.`, position);
}

function parse(format: string, position: At): (string | Specifier)[] {
  try {
    return parseFormat(format);
  } catch (error) {
    throw error instanceof UnknownConversion ? invalidConversion(error.message, position) : error;
  }
}

function format(pattern: string, values: readonly Value[], context: QueryContext, position: At): string {
  const atFormat = at(position, 'format');
  const atValues = at(position, 'values');
  let next = 0;
  const printed = parse(pattern, atFormat).map((piece) => {
    if (typeof piece === 'string') return piece;
    const index = piece.index === 0 ? next++ : piece.index - 1;
    if (index >= values.length) {
      throw piece.index === 0
        ? boundsError('format specifiers count', '<= arguments size', atFormat)
        : boundsError('index', '>= 1 and <= arguments size', atFormat);
    }
    try {
      const printed = print(piece, values[index]!, context, at(atValues, index));
      context.budget.make(printed.length);
      return printed;
    } catch (error) {
      throw error instanceof IllegalFormat ? invalidConversion(piece.text, atFormat) : error;
    }
  });
  return printed.join('');
}

/** Formats values like C's `printf` and exactly like Java's `String.format`. */
export const formatFunctions: readonly Form[] = [
  form('pure', { format: string, values: zeroOrMore(any) }, (args, context, position) =>
    format(args.format, args.values, context, position),
  ),
];
