import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BadRequest } from '../common/errors.js';
import { checkTarget, normalisePath } from './path.js';

it.each([
  ['/recipe/session', '/recipe/session'],
  ['/recipe/session/', '/recipe/session/'],
  ['//recipe///session//', '/recipe/session/'],
  ['/./recipe/x/../session', '/recipe/session'],
  ['/recipe/sess%69on', '/recipe/session'],
  ['/recipe/session;a=b', '/recipe/session'],
  ['/recipe;v=1/session', '/recipe/session'],
  ['/', '/'],
  ['//', '/'],
])('%s is %s', (raw, path) => expect(normalisePath(raw)).toBe(path));

it.each(['/recipe%2Fsession', '/hello%00', '/..', '/a/../../b', '/%zz', '/a\\b', 'hello', '*'])(
  '%s is refused',
  (raw) => {
    expect(() => normalisePath(raw)).toThrow(BadRequest);
  },
);

it('normalises or refuses any path, and is idempotent', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'f', ';', 'a', '\\') }), (text) => {
      let path: string;
      try {
        path = normalisePath(`/${text}`);
      } catch (error) {
        expect(error).toBeInstanceOf(BadRequest);
        return;
      }
      expect(path).toMatch(/^\//);
      expect(path).not.toMatch(/\/\/|\/\.\.?(\/|$)/);
    }),
  );
});

it.each(['/a[b]', '/a?b={', '/a?b=c|d', '/a^b', '/a?"', '/<a>', '/a`', '/a?b\\', '/a#b', '/ü', '/a b'])(
  'a target %s is refused, for its characters must be escaped',
  (target) => expect(() => checkTarget(target)).toThrow(BadRequest),
);

it.each(["/-._~!$&'()*+,;=:@/?a=%5B%c3%bc&/?", '*', 'http://h/a'])('a target %s may be', (target) => {
  expect(() => checkTarget(target)).not.toThrow();
});
