import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiVersion } from '../src/values/api-version.js';
import { type Database, openDatabase, ROOT_KEY } from '../test/database.js';

let database: Database;

const things = { collection: 'things' };
const thing = { ref: things, id: '1' };

beforeEach(async () => {
  database = await openDatabase();
  await database.ask({ create_collection: { object: { name: 'things' } } });
  await database.ask({ create: thing, params: { object: { data: { object: { a: 1 } } } } });
});

const ask = (apiVersion: ApiVersion, query: object) => database.ask(query, ROOT_KEY, apiVersion);
const shown = async (apiVersion: ApiVersion, query: object) => (await ask(apiVersion, query)).resource;

describe('a request of an earlier version', () => {
  it('has the functions of that version', async () => {
    const query = { contains_path: ['a'], in: { object: { a: 1 } } };
    expect((await ask('2.12', query)).errors).toEqual([['invalid expression', '']]);
    // The same text means something else in each version.
    expect(await shown('3', query)).toBe(true);
    expect((await ask('2.12', query)).status).toBe(400);
  });

  it('is shown classes and instances, which were called so before 2.7', async () => {
    const documents = { '@ref': { id: 'classes' } };
    const ref = { '@ref': { id: '1', class: { '@ref': { id: 'things', class: documents } } } };
    expect(await shown('2.1', thing)).toEqual(ref);
    expect(await shown('2.1', { collections: null })).toEqual(documents);
    const { data } = await shown('2.1', { paginate: { events: thing } });
    expect(data).toEqual([{ ts: expect.any(Number), action: 'create', instance: ref, data: { a: 1 } }]);
    expect(await shown('2.7', thing)).toMatchObject({ '@ref': { collection: {} } });
  });

  it('is shown refs as paths, and comings and goings alone, in 2.0', async () => {
    await database.ask({ update: thing, params: { object: { data: { object: { a: 2 } } } } });
    const ref = { '@ref': 'classes/things/1' };
    expect(await shown('2.0', { get: thing })).toEqual({
      ref,
      class: { '@ref': 'classes/things' },
      ts: expect.any(Number),
      data: { a: 2 },
    });
    const event = { ts: expect.any(Number), action: 'create', resource: ref };
    expect((await shown('2.0', { paginate: { events: thing } })).data).toEqual([event, event]);
    expect((await shown('2.0', { paginate: { events: { documents: things } } })).data).toEqual([event]);
  });

  it('names classes and instances in errors', async () => {
    const descriptions = async (apiVersion: ApiVersion, query: object) => (await ask(apiVersion, query)).descriptions;
    const missing = { ref: { collection: 'none' }, id: '1' };
    const both = [things, things].map((collection) => ({ object: { collection, fields: { object: {} } } }));
    for (const [query, now, before] of [
      [{ get: { ref: things, id: '2' } }, 'Document not found.', 'Instance not found.'],
      [{ create: thing, params: { object: {} } }, 'Document already exists.', 'Instance already exists.'],
      [{ get: missing }, "Ref refers to undefined collection 'none'", "Ref refers to undefined class 'none'"],
      [{ create_class: { object: { name: 'things' } } }, 'Collection already exists.', 'Class already exists.'],
      [
        { '@ref': { id: 'none' } },
        "Valid native collection name expected, 'none' provided.",
        "Valid native class name expected, 'none' provided.",
      ],
      [
        { login: thing, params: { object: { password: 'x' } } },
        'The document was not found or provided password was incorrect.',
        'The instance was not found or provided password was incorrect.',
      ],
      [
        { create_index: { object: { name: 'i', source: both } } },
        'A collection ref may only match one binding.',
        'A class ref may only match one binding.',
      ],
    ] as const) {
      expect(await descriptions('2.7', query)).toContain(now);
      expect(await descriptions('2.1', query)).toContain(before);
    }
    expect(await descriptions('2.1', { create_class: { object: {} } })).toEqual([
      'instance data is not valid.',
      'Required value not found.',
    ]);
  });

  it('is shown the source of an index in its words, which is kept as it was given', async () => {
    const source = { object: { class: things, fields: { object: { f: { query: { lambda: 'x', expr: 1 } } } } } };
    const terms = [{ object: { binding: 'f' } }];
    const index = { index: 'i' };
    await ask('4', { create_index: { object: { name: 'i', source, terms } } });
    expect(Object.keys((await shown('2.1', { get: index })).source)).toEqual(['class', 'fields']);
    expect(Object.keys((await shown('4', { get: index })).source)).toEqual(['collection', 'fields']);
    const select = (...path: string[]) => shown('4', { select: path, from: { get: index }, default: null });
    expect(Object.keys(await select('source'))).toEqual(['class', 'fields']);
    expect(await select('source', 'collection')).toEqual(await shown('4', things));
  });

  it('shows the versions of lambdas only where they matter', async () => {
    const lambda = { lambda: 'x', expr: 1 };
    expect(await shown('2.12', { query: lambda })).toEqual({ '@query': lambda });
    expect(await shown('3', { query: lambda })).toEqual({ '@query': { api_version: '3', ...lambda } });
    const later = { '@query': { api_version: '4', ...lambda } };
    expect(await shown('2.12', later)).toEqual(later);
    const join = { join: { documents: things }, with: lambda };
    expect((await shown('2.7', join))['@set'].with).toEqual(lambda);
  });
});
