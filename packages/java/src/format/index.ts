export { formatDate, formatTime } from './date-time.js';
export { formatText } from './general.js';
export { formatDouble, formatInteger } from './number.js';
export { IllegalFormat, parseFormat, type Specifier, UnknownConversion } from './specifier.js';
