import { describe, expect, it } from 'vitest';
import { isHttpsUrl } from './url.js';

describe('isHttpsUrl', () => {
  it.each([
    'https://a.example/keys?x#y',
    'HTTPS://x',
    'https:',
    'https://',
    'https:x',
    'https: //a.example',
    ' https://x\n',
    'url:https://x',
    'https://a b/',
    'https://%zz/',
    'https://u:p@x:1',
    'https://a@b@c:d',
    'https://x:',
    'https://x:-1',
    'https://x:+8',
    'https://x:99999',
    'https://[::1]:8443/',
    'https://[fe80::1%eth0]/',
    'https:////x:y',
  ])('takes %j', (text) => {
    expect(isHttpsUrl(text)).toBe(true);
  });

  it.each([
    '',
    'https',
    'http://x',
    'https//x',
    'https://x:y',
    'https://x:-2',
    'https://x: 1',
    'https://x:2147483648',
    'https://x:80:90',
    'https://[zz]/',
    'https://[::1',
    'https://[::1]x',
    'https://[::1%]/',
    'https://[1.2.3.4]/',
  ])('refuses %j', (text) => {
    expect(isHttpsUrl(text)).toBe(false);
  });

  it('reads long texts in a time that grows with their length', () => {
    expect(isHttpsUrl(`https://x${' '.repeat(500_000)}y`)).toBe(true);
  });
});
