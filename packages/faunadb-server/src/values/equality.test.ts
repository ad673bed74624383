import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../test/database.js';
import { evaluate } from '../../test/evaluate.js';

const NAN = '{"subtract":[{"exp":1000},{"exp":1000}]}';

it.each([
  ['1,1.0', true],
  ['9007199254740993,9007199254740992.0', true],
  ['0,-0.0', false],
  ['0.0,-0.0', false],
  [`${NAN},${NAN}`, true],
  ['[1],[1.0]', false],
  ['[0.0],[-0.0]', true],
  [`[${NAN}],[${NAN}]`, false],
  ['1,true', false],
  ['"a","a","b"', false],
  ['{"object":{"a":1,"b":2}},{"object":{"b":2,"a":1}}', true],
  ['{"object":{"a":1}},{"object":{"a":1,"b":null}}', false],
  ['[],{"object":{}}', false],
  ['{"time":"1999-01-01T00:00:00Z"},{"time":"1999-01-01T01:00:00+01:00"}', true],
  ['{"date":"1999-01-01"},{"time":"1999-01-01T00:00:00Z"}', false],
  ['{"@bytes":"AQID"},{"@bytes":"AQID"}', true],
])('equals of %s is %s', (values, is) => {
  expect(evaluate(`{"equals":[${values}]}`)).toBe(is);
});

it('distinguishes documents and pages by more than is shown', async () => {
  const { ask } = await openDatabase();
  await ask(q.CreateCollection({ name: 'things' }));
  const things = q.Collection('things');
  const made = q.Create(q.Ref(things, '1'), { data: { n: 1 } });
  const both = q.Let({ made, got: q.Get(q.Ref(things, '1')) }, [
    q.Equals(q.Var('made'), q.Var('got')),
    q.Equals(q.Var('got'), q.Get(q.Ref(things, '1'))),
    q.Equals(q.Var('made'), q.Var('made')),
  ]);
  expect(await ask(both)).toMatchObject({ resource: [false, true, true] });
  await ask(q.Create(q.Ref(things, '2'), {}));
  const nulls = (set: object) => q.Map(q.Paginate(set), q.Lambda('_', null as never));
  const [one, two] = ['1', '2'].map((id) => nulls(q.Singleton(q.Ref(things, id)))) as [object, object];
  expect(await ask([q.Equals(one, one), q.Equals(one, two)])).toMatchObject({ resource: [true, false] });
});
