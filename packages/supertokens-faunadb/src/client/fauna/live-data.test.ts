import { expect, it } from 'vitest';
import { type LiveEvent, liveData } from './live-data.js';

const after = (before: unknown, ...events: LiveEvent[]) => events.reduce<unknown>(liveData, before);

it('follows a document', () => {
  const update: LiveEvent = { type: 'update', data: { id: 'a', n: 2 } };
  expect(after({ id: 'a', n: 1 }, update)).toEqual({ id: 'a', n: 2 });
  expect(after(null, { type: 'add', data: { id: 'a', n: 1 } }, update)).toEqual({ id: 'a', n: 2 });
  expect(after({ id: 'a', n: 1 }, { type: 'remove', data: { id: 'a', n: 1 } })).toBeNull();
});

it('follows the members of a set', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, n: 1 }));
  expect(after([a, b], { type: 'add', data: c }, { type: 'remove', data: a })).toEqual([b, c]);
  expect(after([a, b], { type: 'update', data: { id: 'a', n: 2 } })).toEqual([{ id: 'a', n: 2 }, b]);
  // FaunaDB reports what came between the first page and the stream's start, too.
  expect(after([a, b], { type: 'add', data: { id: 'b', n: 3 } })).toEqual([a, { id: 'b', n: 3 }]);
  expect(after(['x'], { type: 'add', data: 'y' }, { type: 'remove', data: 'x' })).toEqual(['y']);
});
