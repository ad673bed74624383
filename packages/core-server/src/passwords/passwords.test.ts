import { expect, it } from 'vitest';
import { resolveSettings } from '../settings/settings.js';
import { checkHash, Passwords, SignerKeyMissing, UnsupportedHash } from './passwords.js';

const bcrypt = resolveSettings({ bcrypt_log_rounds: 4 });
const argon2 = resolveSettings({ password_hashing_alg: 'ARGON2', argon2_memory_kb: 64, argon2_parallelism: 1 });

// What Firebase publishes with its hashing library.
const SIGNER_KEY = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
const FIREBASE =
  '$f_scrypt$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$42xEC+ixf3L2lw==$m=14$r=8$s=Bw==';
const firebase = resolveSettings({ firebase_password_hashing_signer_key: SIGNER_KEY });

it.each([
  ['bcrypt', bcrypt, /^\$2[aby]\$04\$/],
  ['Argon2', argon2, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/],
])('hashes with %s as the settings say', async (_, settings, form) => {
  const passwords = new Passwords(settings);
  const hash = await passwords.hash('a password', settings);
  expect(hash).toMatch(form);
  expect(await passwords.verify('a password', hash, settings)).toBe(true);
  expect(await passwords.verify('another', hash, settings)).toBe(false);
});

it('verifies hashes exported by Firebase', async () => {
  const passwords = new Passwords(firebase);
  expect(await passwords.verify('user1password', FIREBASE, firebase)).toBe(true);
  expect(await passwords.verify('user2password', FIREBASE, firebase)).toBe(false);
  await expect(passwords.verify('user1password', FIREBASE, bcrypt)).rejects.toThrow(SignerKeyMissing);
});

it.each([
  '$2a$99$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '$2b$31$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '$2x',
  '$argon2id',
  '$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWQ',
  '$argon2id$v=19$m=1024,t=4294967295,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWQ',
  '$argon2id$v=19$t=1,m=4294967295,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWQ',
  '$f_scrypt$x$y$m=31$r=8$s=z',
  '$f_scrypt$x$y$m=-1$r=0$s=z',
  '',
  'plain',
])('nobody has the hash %s, and it costs nothing', async (hash) => {
  expect(await new Passwords(firebase).verify('x', hash, firebase)).toBe(false);
});

it('recognises all kinds of hashes by their format', () => {
  for (const [hash, algorithm] of [
    ['$2a$x', 'BCRYPT'],
    ['$argon2d$x', 'ARGON2'],
    [FIREBASE, 'FIREBASE_SCRYPT'],
  ] as const) {
    expect(() => checkHash(hash, algorithm, firebase)).not.toThrow();
    expect(() => checkHash(hash, undefined, firebase)).not.toThrow();
  }
  expect(() => checkHash('$2a$x', 'ARGON2', firebase)).toThrow(UnsupportedHash);
  expect(() => checkHash('x', undefined, firebase)).toThrow('Password hash is in invalid format');
  expect(() => checkHash(FIREBASE, undefined, bcrypt)).toThrow(SignerKeyMissing);
});
