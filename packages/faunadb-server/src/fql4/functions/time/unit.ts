import { wrongType } from '../../../values/errors.js';
import { timeUnit as parse, type TimeUnit } from '../../../values/time-unit.js';
import type { Cast } from '../../evaluate/form.js';

/** Takes the name of a unit of time, such as `days`. */
export const timeUnit: Cast<TimeUnit> = (value, position) => {
  const unit = typeof value === 'string' ? parse(value) : undefined;
  if (unit === undefined) throw wrongType(['Time Unit'], value, position);
  return unit;
};
