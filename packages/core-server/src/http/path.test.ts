import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Refusal } from './errors.js';
import { normalisePath } from './path.js';

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
    expect(() => normalisePath(raw)).toThrow(Refusal);
  },
);

it('normalises or refuses anything, and what is normal stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'f', ';', 'a', '\\') }), (text) => {
      let path: string;
      try {
        path = normalisePath(`/${text}`);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        return;
      }
      expect(path).toMatch(/^\//);
      expect(path).not.toMatch(/\/\/|\/\.\.?(\/|$)/);
    }),
  );
});
