import { expect, it } from 'vitest';
import { hostOf, parseOrigin } from './origin.js';

it.each([
  ['https://login.example', 'https://LOGIN.example:443/path', true],
  ['http://login.example', 'http://login.example:80', true],
  ['https://login.example', 'http://login.example', false],
  ['https://login.example', 'https://login.example:8443', false],
  ['https://login.example', 'https://user@login.example', true],
  ['https://[::1]:3000', 'https://[::1]:3000/', true],
  ['android:apk-key-hash:abc', 'android:apk-key-hash:abc', true],
  ['android:apk-key-hash:abc', 'android:apk-key-hash:ABC', false],
])('%s and %s are the same: %s', (one, other, same) => {
  expect(parseOrigin(one)?.identity === parseOrigin(other)?.identity).toBe(same);
});

it('accepts only URIs as origins', () => {
  for (const text of ['not a url', 'https://a.example/{}', 'https://a.example/%zz', '<']) {
    expect(parseOrigin(text)).toBeUndefined();
  }
});

it('finds the host of a URL', () => {
  expect(hostOf('https://user:secret@www.login.example:8443/path?query#fragment')).toBe('www.login.example');
  for (const text of ['x', '', 'gopher://login.example', 'https://login.example:port']) {
    expect(hostOf(text)).toBeUndefined();
  }
});
