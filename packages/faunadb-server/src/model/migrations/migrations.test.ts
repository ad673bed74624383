import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectOf } from '../../values/objects.js';
import { ObjectValue, type Value } from '../../values/values.js';
import { type Migration, Migrations, readMigrations, storedMigrations } from './migrations.js';

type Plain = string | number | { readonly [name: string]: Plain };
const stored = (plain: Plain): Value => {
  if (typeof plain === 'object')
    return objectOf(Object.fromEntries(Object.entries(plain).map(([k, v]) => [k, stored(v)])));
  return typeof plain === 'number' ? BigInt(plain) : plain;
};
const plainOf = (value: Value | undefined): Plain =>
  value instanceof ObjectValue
    ? Object.fromEntries([...value.fields].map(([k, v]) => [k, plainOf(v)]))
    : typeof value === 'bigint'
      ? Number(value)
      : (value as string);
const documentOf = (data: Plain) => objectOf({ data: stored(data) });
const migrated = (list: readonly Migration[], data: Plain, done = 0): Plain =>
  plainOf(new Migrations(list).migrate(documentOf(data), done).fields.get('data'));

describe('a migration', () => {
  it('adds a field that is missing, with the objects around it', () => {
    const add: Migration = { kind: 'add', path: ['o', 'n'], type: 'Int', value: 7n };
    expect(migrated([add], {})).toEqual({ o: { n: 7 } });
    expect(migrated([add], { o: { n: 1 } })).toEqual({ o: { n: 1 } });
    expect(migrated([{ ...add, value: null }], { a: 1 })).toEqual({ a: 1, o: {} });
  });

  it('moves what conflicts with an added field', () => {
    const list: Migration[] = [
      { kind: 'add', path: ['n'], type: 'Int', value: 0n },
      { kind: 'move_conflicts', into: ['rest'] },
    ];
    expect(migrated(list, { n: 'text' })).toEqual({ n: 0, rest: { n: 'text' } });
    expect(migrated(list, { n: 'text', rest: { n: 1 } })).toEqual({ n: 0, rest: { n: 1, _n: 'text' } });
    expect(migrated(list, { n: 5 })).toEqual({ n: 5 });
  });

  it('drops and moves fields', () => {
    expect(migrated([{ kind: 'drop', path: ['o', 'n'] }], { o: { n: 1, m: 2 } })).toEqual({ o: { m: 2 } });
    expect(migrated([{ kind: 'drop', path: ['x', 'n'] }], { o: 1 })).toEqual({ o: 1 });
    expect(migrated([{ kind: 'move', path: ['a'], to: ['o', 'b'] }], { a: 1 })).toEqual({ o: { b: 1 } });
  });

  it('loses nothing where a moved field is in the way', () => {
    expect(migrated([{ kind: 'move', path: ['a'], to: ['b'] }], { a: 1, b: 2, _b: 3 })).toEqual({
      b: 1,
      __b: 2,
      _b: 3,
    });
  });

  it('splits a field by type', () => {
    const split: Migration = { kind: 'split', path: ['a'], to: ['b'], type: 'Int', replacement: 9n, value: 'none' };
    expect(migrated([split], { a: 1 })).toEqual({ a: 1, b: 'none' });
    expect(migrated([split], { a: 'text' })).toEqual({ a: 9, b: 'text' });
    expect(migrated([split], {})).toEqual({ a: 9, b: 'none' });
  });

  it('moves fields beside the defined ones, under names that are free', () => {
    const list: Migration[] = [{ kind: 'move_wildcard', into: ['rest'], keep: ['n', 'rest'] }];
    expect(migrated(list, { n: 1, _x: 2, x: 3, rest: { x: 4 } })).toEqual({ n: 1, rest: { x: 4, _x: 3, __x: 2 } });
    expect(migrated(list, { n: 1 })).toEqual({ n: 1 });
  });
});

const name = fc.constantFrom('a', 'b', 'c', '_a');
const path = fc.array(name, { minLength: 1, maxLength: 2 });
const type = fc.constantFrom<Value>('Int', 'String', 'Any', objectOf({ type: 'Union', elems: ['Int', 'Null'] }));
const value = fc.constantFrom<Value>(1n, 'text', null);
const migration: fc.Arbitrary<Migration> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), path, type, value }),
  fc.record({ kind: fc.constant('drop' as const), path }),
  fc.record({ kind: fc.constant('move' as const), path, to: path }),
  fc.record({ kind: fc.constant('split' as const), path, to: path, type, replacement: value, value }),
  fc.record({ kind: fc.constant('move_wildcard' as const), into: path, keep: fc.array(name) }),
);
const data = fc.letrec<{ data: Plain; leaf: Plain }>((tie) => ({
  data: fc.dictionary(name, tie('leaf'), { maxKeys: 4 }),
  leaf: fc.oneof({ depthSize: 'small' }, fc.integer({ min: 0, max: 9 }), fc.constant('s'), tie('data')),
})).data;

describe('a list of migrations', () => {
  it('reads as it was stored', () => {
    fc.assert(
      fc.property(fc.array(migration, { minLength: 1 }), data, (list, document) => {
        const read = readMigrations(storedMigrations(list)) as Migrations;
        expect(read.list).toEqual(list);
        expect(plainOf(read.migrate(documentOf(document), 0))).toEqual({ data: migrated(list, document) });
      }),
    );
  });

  it('gives a document that is written on the way the same shape in the end', () => {
    fc.assert(
      fc.property(fc.array(migration), data, fc.nat(), (list, document, cut) => {
        const done = cut % (list.length + 1);
        expect(migrated(list, migrated(list.slice(0, done), document), done)).toEqual(migrated(list, document));
      }),
    );
  });

  it('leaves a document of the present shape alone', () => {
    const document = documentOf({ a: 1 });
    const list: Migration[] = [{ kind: 'drop', path: ['a'] }];
    expect(new Migrations(list).migrate(document, 1)).toBe(document);
  });
});
