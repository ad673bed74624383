import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { seal, unseal } from './seal.js';

it('opens the same JWE again and again, with any of the keys, and nothing else', async () => {
  const [first, second] = [randomBytes(32), randomBytes(32)];
  const jwe = await seal('fnSecret', second);
  for (let n = 0; n < 3; n++) {
    expect(await unseal(jwe, [first, second])).toBe('fnSecret');
    expect(await unseal(jwe, [first])).toBeUndefined();
    expect(await unseal(`${jwe.slice(0, -1)}${jwe.endsWith('A') ? 'Q' : 'A'}`, [second])).toBeUndefined();
  }
});

it('opens what it opened long ago', async () => {
  const key = randomBytes(32);
  const sealed = await Promise.all(Array.from({ length: 1_100 }, (_, n) => seal(`secret ${n}`, key)));
  for (const [n, jwe] of sealed.entries()) expect(await unseal(jwe, [key])).toBe(`secret ${n}`);
  expect(await unseal(sealed[0] ?? '', [key])).toBe('secret 0');
});
