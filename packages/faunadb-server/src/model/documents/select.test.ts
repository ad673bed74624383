import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

const container = { object: { a: [{ object: { b: 1 } }, { object: { b: [2, 3] } }, { object: { c: 4 } }], n: null } };

describe('select', () => {
  it('follows names and indexes', () => {
    expect(evaluate({ select: ['a', 1, 'b', 0], from: container })).toBe(2);
    expect(evaluate({ select: 'n', from: container })).toBe(null);
    expect(evaluate({ select: [], from: [1] })).toEqual([1]);
  });

  it('evaluates its default only if nothing is found', () => {
    expect(evaluate({ select: ['a', 7], from: container, default: 'none' })).toBe('none');
    expect(evaluate({ select: 'n', from: container, default: { abort: 'unused' } })).toBe(null);
  });

  it('reports the path that was not found', () => {
    expect(errorsOf({ select: ['a', 0, 'x'], from: container })).toEqual([
      [['from'], 'Value not found at path [a,0,x].'],
    ]);
    expect(errorsOf({ select: 0, from: { object: { 0: 'x' } } })).toEqual([[['from'], 'Value not found at path [0].']]);
    expect(errorsOf({ select: -1, from: [1] })).toEqual([[['from'], 'Value not found at path [-1].']]);
  });

  it('collects and flattens everything it finds with `all`', () => {
    expect(evaluate({ select_all: ['a', 'b'], from: container })).toEqual([1, 2, 3]);
    expect(evaluate({ select_all: ['a', 'x'], from: container })).toEqual([]);
    expect(evaluate({ select: ['a', 'b'], from: container, all: true })).toEqual([1, 2, 3]);
    expect(evaluate({ select_as_index: ['a', 'c'], from: container })).toEqual([4]);
  });

  it('requires `all` to be a boolean', () => {
    expect(errorsOf({ select: 'a', from: container, all: null })).toEqual([
      [['all'], 'Boolean expected, Null provided.'],
    ]);
  });

  it('leaves errors of other kinds as they are', () => {
    expect(errorsOf({ select: 'a', from: { divide: [1, 0] }, default: 5 })).toEqual([
      [['from'], 'Illegal division by zero.'],
    ]);
  });
});
