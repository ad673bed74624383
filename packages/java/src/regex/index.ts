export { TooManySteps } from './machine.js';
export { type Match, Pattern } from './pattern.js';
export { PatternError } from './reader.js';
export { ReplacementError } from './replacement.js';
