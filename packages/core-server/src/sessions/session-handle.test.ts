import { expect, it } from 'vitest';
import { createSessionId, handleOf, idOfHandle } from './session-handle.js';

it('creates UUIDs of version 7, each greater than the previous one', () => {
  const handles = Array.from({ length: 1_000 }, () => handleOf(createSessionId(), 'public'));
  for (const handle of handles) expect(handle).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  expect(handles).toEqual([...handles].sort());
});

it.each(['public', 't1'])('finds the id in a handle of the tenant %s, and of no other', (tenant) => {
  const id = createSessionId();
  const handle = handleOf(id, tenant);
  expect(idOfHandle(handle, tenant)).toEqual(id);
  expect(idOfHandle(handle, 'other')).toBeUndefined();
  expect(idOfHandle(handle.toUpperCase(), tenant)).toBeUndefined();
  expect(idOfHandle(`${handle}_t1`, tenant)).toBeUndefined();
  expect(idOfHandle('', tenant)).toBeUndefined();
});
