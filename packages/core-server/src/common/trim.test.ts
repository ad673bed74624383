import { expect, it } from 'vitest';
import { trim } from './trim.js';

it.each([
  ['', ''],
  ['a', 'a'],
  [' \t\r\n a b \u0000\u001f', 'a b'],
  ['\u0000', ''],
  ['\u00a0a\u2003', '\u00a0a\u2003'],
  ['\ufeffa\u0085', '\ufeffa\u0085'],
])('%j is %j', (text, trimmed) => expect(trim(text)).toBe(trimmed));
