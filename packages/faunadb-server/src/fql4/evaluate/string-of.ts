import { doubleText } from '@supertokens-faunadb/java/numbers';
import { dateText, timeText } from '@supertokens-faunadb/java/time';
import { invalidCast } from '../../values/errors.js';
import type { Position } from '../../values/position.js';
import { Action, DateValue, Time, Uuid, type Value } from '../../values/values.js';

/** The string form of a scalar, if it has one. */
export function stringOf(value: Value, position: Position | undefined): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return doubleText(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Time) return timeText(value.nanos);
  if (value instanceof DateValue) return dateText(value.day);
  if (value instanceof Uuid) return value.text;
  if (value instanceof Action) return value.name;
  throw invalidCast(value, 'String', position);
}
