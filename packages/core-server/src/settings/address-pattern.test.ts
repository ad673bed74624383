import { describe, expect, it } from 'vitest';
import { compileAddressPattern } from './address-pattern.js';

describe('a pattern of addresses', () => {
  it.each([
    ['127\\.\\d+\\.\\d+\\.\\d+|::1', '127.0.0.1', true],
    ['127\\.\\d+\\.\\d+\\.\\d+|::1', '::1', true],
    ['127', '127.0.0.1', false],
    ['27.*', '127.0.0.1', false],
    ['(?i)FE80:.*', 'fe80::1', true],
    ['FE80:.*', 'fe80::1', false],
    ['\\A::1\\z', '::1', true],
    ['[\\d.]{7,15}', '10.0.0.1', true],
    ['x]|y}', 'x]', true],
  ])('%s against %s: %s', (pattern, address, matches) =>
    expect(compileAddressPattern(pattern)?.test(address)).toBe(matches),
  );

  // What Java takes for an error, and what it would read otherwise than JavaScript does.
  it.each([
    '(',
    '*',
    'a{',
    '{',
    '\\',
    '\\q',
    '\\R',
    'a++',
    'a{2}+',
    '\\p{Alpha}',
    '\\Q.\\E',
    '[a&&b]',
    '[a[b]]',
    '[]a]',
    '[^]',
    '(?x)a b',
    '(?>a)',
    '\\x1',
    '\\0',
  ])('%s is none', (pattern) => expect(compileAddressPattern(pattern)).toBeUndefined());
});
