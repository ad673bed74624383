import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

const written = (expr: unknown, api_version?: string) => ({ '@query': { lambda: 'x', expr, api_version } });
const refused = (...keys: string[]) => [
  [['expr'], `No form/function found, or invalid argument keys: { ${keys.join(', ')} }.`],
];

describe('a lambda that is written out', () => {
  it.each([
    [{ contains_path: 'a', in: { var: 'x' } }, '2.12', '3'],
    [{ contains_field: 'a', in: { var: 'x' } }, '2.12', '3'],
    [{ contains_value: 'a', in: { var: 'x' } }, '2.12', '3'],
    [{ first: { var: 'x' } }, '3', '4'],
    [{ access_provider: 'a' }, '3', '4'],
    [{ current_identity: null }, '3', '4'],
    [{ has_current_token: null }, '3', '5'],
  ])('may use the functions of its version: %j', (expr, before, since) => {
    expect(errorsOf(written(expr, before))).toEqual(refused(...Object.keys(expr)));
    expect(errorsOf(written({ map: { lambda: 'y', expr }, collection: [] }, before))[0]![0]).toEqual([
      'expr',
      'map',
      'expr',
    ]);
    expect(evaluate(written(expr, since))).toMatchObject({ '@query': { api_version: since } });
  });

  it('is of version 2.12 unless it says which, and of that where it names an older one', () => {
    expect(errorsOf(written({ contains_path: 'a', in: 1 }))).toEqual(refused('contains_path', 'in'));
    expect(evaluate(written(1, '2.7'))).toMatchObject({ '@query': { api_version: '2.12' } });
    expect(evaluate(written(1, 'UNSTABLE'))).toMatchObject({ '@query': { api_version: 'UNSTABLE' } });
    expect(errorsOf(written(1, '99'))).toEqual([[[], 'Invalid lambda.']]);
  });

  it('has functions before version 3 that became forms of their own', async () => {
    const { ask } = await openDatabase();
    const call = async (version: string, expr: unknown) => {
      const name = `f${version.replace('.', '_')}`;
      const body = written(expr, version);
      await ask({ do: [{ create_function: { object: { name, body } } }, null] });
      const answer = await ask({ call: name, arguments: { object: { a: 1, x: false } } });
      await ask({ delete: { function: name } });
      return answer.status === 200 ? answer.resource : answer.errors[0]![0];
    };
    const whole = { select: 'a', from: { var: 'x' }, default: { abort: 'not needed' } };
    expect(await call('2.12', whole)).toBe('call error');
    expect(await call('3', whole)).toBe(1);
    const operands = { or: [true, { abort: 'not needed' }] };
    expect(await call('2.12', operands)).toBe('call error');
    expect(await call('3', operands)).toBe(true);
    expect(await call('2.12', { select_all: ['a'], from: { var: 'x' } })).toEqual([1]);
    expect(await call('2.12', { select: 'b', from: { var: 'x' }, default: null })).toBe(null);
  });

  it('is shown as its version writes it', () => {
    expect(evaluate(written({ and: true }, '2.12'))).toMatchObject({ '@query': { expr: { and: true } } });
    expect(evaluate(written({ and: true }, '3'))).toMatchObject({ '@query': { expr: { and: [true] } } });
    expect(evaluate(written({ or: [] }, '2.12'))).toMatchObject({ '@query': { expr: { or: [] } } });
    expect(errorsOf(written({ or: [] }, '3'))).toEqual([[['expr', 'or'], 'Expression list cannot be empty.']]);
  });
});
