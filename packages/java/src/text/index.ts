export { foldCase } from './case-fold.js';
export { CodePointCounter, codePointLength, indexOfCodePoint } from './code-points.js';
export { Searched } from './search.js';
export { titleCase } from './title-case.js';
export { stripLeading, stripTrailing, trim } from './trim.js';
