import { expect, it } from 'vitest';
import { liveData } from './live-data.js';

const add = (ref: string, values: unknown[] = []) => ({
  type: 'set',
  event: { action: 'add', document: { ref }, index: { values } },
});
const remove = (ref: string) => ({
  type: 'set',
  event: { action: 'remove', document: { ref }, index: { values: [] } },
});
const after = (...events: { type: string; event: unknown }[]) =>
  events.reduce<ReturnType<typeof liveData> | undefined>((data, event) => liveData(data, event), undefined)?.value;

it('follows a document', () => {
  const snapshot = { type: 'snapshot', event: { ref: 'a', ts: 1, data: { n: 1 } } };
  const version = { type: 'version', event: { action: 'update', document: { ref: 'a', ts: 2, data: { n: 2 } } } };
  const deletion = { type: 'version', event: { action: 'delete', document: { ref: 'a', ts: 2, data: { n: 2 } } } };
  expect(after(snapshot)).toMatchObject({ data: { n: 1 } });
  expect(after(snapshot, version)).toMatchObject({ data: { n: 2 } });
  expect(after(snapshot, version, deletion)).toBeNull();
  expect(after({ type: 'snapshot', event: null })).toBeNull();
});

it('follows the members of a set', () => {
  const snapshot = { type: 'snapshot', event: { data: ['a', 'b'] } };
  expect(after(snapshot, add('c'), remove('a'))).toEqual(['b', 'c']);
  expect(after(snapshot, add('b'))).toEqual(['a', 'b']);
  expect(after(add('c', ['title']), add('d', ['x', 'y']))).toEqual(['title', ['x', 'y']]);
});
