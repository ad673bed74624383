import { wrongType } from '../../../values/errors.js';
import type { Cast } from '../../evaluate/form.js';
import { timeUnit as parse, type TimeUnit } from './time-unit.js';

/** Takes the name of a unit of time, such as `days`. */
export const timeUnit: Cast<TimeUnit> = (value, position) => {
  const unit = typeof value === 'string' ? parse(value) : undefined;
  if (unit === undefined) throw wrongType(['Time Unit'], value, position);
  return unit;
};
