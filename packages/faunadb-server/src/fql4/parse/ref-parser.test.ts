import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

const collection = (name: string) => ({ '@ref': { id: name, collection: { '@ref': { id: 'collections' } } } });
const document = (id: string | number) => ({ '@ref': { id, collection: collection('ghosts') } });

describe('refs on the wire', () => {
  it('come back as they went, where they refer to nothing yet', () => {
    expect(evaluate(collection('ghosts'))).toEqual(collection('ghosts'));
    expect(evaluate(document('0123'))).toEqual(document('123'));
    expect(evaluate(document(123))).toEqual(document('123'));
    expect(evaluate({ '@ref': { id: 'ghosts', class: { '@ref': { id: 'classes' } } } })).toEqual(collection('ghosts'));
  });

  it('may be written as before version 2.1', () => {
    expect(evaluate({ '@ref': 'classes/ghosts' })).toEqual(collection('ghosts'));
    expect(evaluate({ '@ref': 'collections/ghosts/123' })).toEqual(document('123'));
    expect(evaluate({ '@ref': 'indexes' })).toEqual({ '@ref': { id: 'indexes' } });
  });

  it.each([
    'nonsense',
    'collections/',
    'collections/a b',
    'collections/events',
    'collections/_',
    'collections/a/b',
    'collections/a/1/2',
    'collections/a/9223372036854775808',
    'indexes/a/1',
    'keys/a',
  ])('are refused as before version 2.1: %s', (text) => {
    expect(errorsOf({ '@ref': text })).toEqual([[[], 'Invalid ref.']]);
  });

  it('are refused with the place of what is wrong', () => {
    expect(errorsOf({ '@ref': { id: 'nonsense' } })).toEqual([
      [['id'], "Valid native collection name expected, 'nonsense' provided."],
    ]);
    expect(errorsOf(document('abc'))).toEqual([
      [['id'], "Number or numeric String expected, non-numeric 'abc' provided."],
    ]);
    expect(errorsOf(document('99999999999999999999'))).toEqual([
      [['id'], "The id provided is too large: '99999999999999999999'"],
    ]);
    expect(errorsOf({ '@ref': { id: '1', nonsense: 1 } })).toEqual([[[], 'Ref expected, Object provided.']]);
    expect(errorsOf({ '@ref': { id: '1', collection: collection('a'), database: collection('b') } })).toEqual([
      [['database'], 'Database Ref expected, Collection Ref provided.'],
    ]);
    const numbered = (of: string) => ({ '@ref': { id: 1, collection: { '@ref': { id: of } } } });
    expect(
      errorsOf({ '@ref': { id: 'a', collection: numbered('collections'), database: numbered('databases') } }),
    ).toEqual([
      [['class'], 'Collection Ref expected, Ref provided.'],
      [['database'], 'Database Ref expected, Ref provided.'],
    ]);
    expect(errorsOf({ '@ref': { id: true, collection: 5 } })).toEqual([
      [['id'], 'String or Integer expected, Boolean provided.'],
      [['class'], 'Ref expected, Integer provided.'],
    ]);
  });

  it('may give the number of a named document, and are dangling if there is none', async () => {
    const { ask } = await openDatabase();
    await ask({ create_collection: { object: { name: 'things' } } });
    const numbered = (id: number, of: string) => ({ '@ref': { id, collection: { '@ref': { id: of } } } });
    expect((await ask(numbered(1024, 'collections'))).resource).toEqual(collection('things'));
    expect((await ask(numbered(7, 'collections'))).resource).toEqual({ '@ref': { id: 'indexes' } });
    expect((await ask({ exists: numbered(1024, 'collections') })).resource).toBe(true);
    expect((await ask({ get: numbered(1025, 'collections') })).errors).toEqual([['instance not found', '']]);
    expect(await ask(numbered(1025, 'collections'))).toMatchObject({ status: 200, resource: undefined });
    expect((await ask([numbered(1, 'functions'), 1])).resource).toEqual([1]);
  });

  it('are errors where a native collection is meant by its mere name', async () => {
    const { ask } = await openDatabase();
    const query = { create: 'tokens', params: { object: {} } };
    expect((await ask(query)).errors).toEqual([['invalid ref', 'create']]);
    expect(errorsOf(query)).toEqual([[['create'], "Ref refers to undefined collection 'tokens'"]]);
  });

  it('are errors where they are used and refer to nothing', () => {
    expect(errorsOf({ select: 'a', from: document('1') })).toEqual([
      [['from'], "Ref refers to undefined collection 'ghosts'"],
    ]);
  });
});
