export { doubleText } from './double-text.js';
export { exp, ln, log10, pow } from './exponential.js';
export { hypotenuse } from './hypotenuse.js';
export {
  floorDivide,
  floorModulo,
  MAX_INTEGER,
  MIN_INTEGER,
  parseInteger,
  toInt32,
  toInteger,
  wrap,
} from './integer64.js';
export { parseNumber } from './number-text.js';
export { cos, sin, tan } from './trigonometric.js';
