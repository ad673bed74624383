import { expect, it } from 'vitest';
import { ngrams } from './ngrams.js';

it('makes all runs of some lengths', () => {
  expect(ngrams('what', 2, 3)).toEqual(['wh', 'wha', 'ha', 'hat', 'at']);
  expect(ngrams('a😀b', 1, 2)).toEqual(['a', 'a😀', '😀', '😀b', 'b']);
  expect(ngrams('what', 4, 5)).toEqual(['what']);
  expect(ngrams('what', 5, 5)).toEqual([]);
});
