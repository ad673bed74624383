import { describe, expect, it } from 'vitest';
import { Failure } from '../../values/failure.js';
import { parseFields } from './fields.js';

describe('the fields of events', () => {
  it.each([
    [undefined, ['action', 'document']],
    ['diff', ['diff']],
    ['diff, prev ,document', ['diff', 'prev', 'document']],
    ['diff,prev,', ['diff', 'prev']],
    ['diff,,,', ['diff']],
    [',', []],
  ])('of %j are %j', (text, fields) => {
    expect([...parseFields(text)]).toEqual(fields);
  });

  it.each(['', ' ', 'diff, ', ',diff', 'diff,,prev', 'Diff', 'constructor'])('are not %j', (text) => {
    expect(() => parseFields(text)).toThrow(Failure);
  });
});
