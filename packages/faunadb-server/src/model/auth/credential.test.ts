import { describe, expect, it } from 'vitest';
import { parseCredential } from './credential.js';

describe('the secret of a request', () => {
  it.each([
    ['s', undefined],
    ['s:', undefined],
    ['s:nonsense', undefined],
    ['s::admin', undefined],
    ['s:a:b:admin', undefined],
    ['s:admin:', undefined],
    ['s:admin', { path: [], as: { kind: 'builtin', role: 'admin' } }],
    ['s:server', { path: [], as: { kind: 'builtin', role: 'server' } }],
    ['s:server-readonly', { path: [], as: { kind: 'builtin', role: 'server-readonly' } }],
    ['s:db:client', { path: ['db'], as: { kind: 'builtin', role: 'client' } }],
    ['s:a/b:server', { path: ['a', 'b'], as: { kind: 'builtin', role: 'server' } }],
    ['s:admin:server', { path: ['admin'], as: { kind: 'builtin', role: 'server' } }],
    ['s:@role/editor', { path: [], as: { kind: 'role', name: 'editor' } }],
    ['s:db:@role/editor', { path: ['db'], as: { kind: 'role', name: 'editor' } }],
    ['s:@doc/users/1', { path: [], as: { kind: 'document', collection: 'users', id: '1' } }],
    ['s:classes/users/1', { path: [], as: { kind: 'document', collection: 'users', id: '1' } }],
    ['s:db:@doc/users/1', { path: ['db'], as: { kind: 'document', collection: 'users', id: '1' } }],
    ['s:@doc/users', { path: [], as: { kind: 'document', collection: '', id: 'users' } }],
  ])('reads %s', (text, narrowing) => {
    expect(parseCredential(text)).toEqual({ secret: 's', narrowing });
  });

  it.each(['', ':', ':admin', 's/x', 's:administrator', 's:serverx', 's:server-readonly2', 's:db:admin '])(
    'cannot read %j',
    (text) => {
      expect(parseCredential(text)).toBeUndefined();
    },
  );
});
