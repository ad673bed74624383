import { describe, expect, it } from 'vitest';
import { indexInactive, instanceNotFound, keyNotFound, permissionDenied, wrongType } from '../language/errors.js';
import { statusOf } from './render-errors.js';

describe('the status of errors', () => {
  it('is that of what is not found only for documents, sets and values, though others have the same code', () => {
    const errors = [
      instanceNotFound('Document', undefined),
      indexInactive('i', undefined),
      keyNotFound('s', undefined),
    ];
    expect(errors.map((failure) => statusOf(failure.errors))).toEqual([404, 400, 400]);
  });

  it('is that of the gravest', () => {
    const [denied, wrong] = [permissionDenied(undefined), wrongType(['Ref'], null, undefined)];
    expect(statusOf([...denied.errors, ...wrong.errors])).toBe(400);
    expect(statusOf([...instanceNotFound('Document', undefined).errors, ...denied.errors])).toBe(403);
  });
});
