import { expect, it } from 'vitest';
import type { Migration } from '../../model/migrations/migrations.js';
import { Provenance } from './provenance.js';

const move = (path: string, to: string): Migration => ({ kind: 'move', path: path.split('.'), to: to.split('.') });
const add = (path: string): Migration => ({ kind: 'add', path: path.split('.'), type: 'Int', value: 1n });
const before = (migrations: readonly Migration[], path: string) =>
  new Provenance(migrations).before(path.split('.'))?.join('.');

it('knows where a moved field was', () => {
  expect(before([move('a', 'b')], 'b')).toBe('a');
  expect(before([move('a', 'b'), move('b', 'o.c')], 'o.c')).toBe('a');
  expect(before([move('a', 't'), move('b', 'a'), move('t', 'b')], 'a')).toBe('b');
  expect(before([move('o', 'p')], 'p.x')).toBe('o.x');
  expect(before([move('a', 'b')], 'data.b')).toBe('data.a');
});

it('leaves what no migration touches', () => {
  expect(before([add('a')], 'b')).toBe('b');
  expect(before([add('a')], 'ts')).toBe('ts');
  expect(before([], 'data')).toBe('data');
});

it('does not know the values of a changed field', () => {
  expect(before([add('a')], 'a')).toBeUndefined();
  expect(before([add('o.x')], 'o')).toBeUndefined();
  expect(before([add('a'), move('a', 'b')], 'b')).toBeUndefined();
  expect(before([move('a', 'b'), add('a')], 'a')).toBeUndefined();
  expect(before([add('a')], 'data')).toBeUndefined();
  expect(new Provenance([add('a')]).before(['b', 0])).toBeUndefined();
  const split: Migration = { kind: 'split', path: ['a'], to: ['b'], type: 'Int', replacement: null, value: null };
  expect([before([split], 'a'), before([split], 'b')]).toEqual([undefined, undefined]);
});

it('knows only the defined fields once a wildcard has moved', () => {
  const moved: Migration[] = [{ kind: 'move_wildcard', into: ['rest'], keep: ['n', 'rest'] }];
  expect(before(moved, 'n')).toBe('n');
  expect(before(moved, 'x')).toBeUndefined();
  expect(before(moved, 'rest')).toBeUndefined();
});
