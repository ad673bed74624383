export { dateOf, dayOfWeek, dayOfYear } from './calendar.js';
export { type ClockTime, clockTime } from './clock.js';
export { MAX_DAY, MAX_NANOS, MIN_DAY, MIN_NANOS, NANOS_PER_DAY, NANOS_PER_SECOND, TIME_LIMITS } from './limits.js';
export { parseDate, parseTime } from './parse.js';
export { dateText, timeText } from './text.js';
