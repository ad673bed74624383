import { openStore } from '@supertokens-faunadb/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import { decodeBase32, encodeBase32 } from './base32.js';
import { oneTimePassword } from './one-time-password.js';

const SECRET = encodeBase32(Buffer.from('a secret of 20 bytes'));
const device = { secret: SECRET, period: 30, skew: 1, isVerified: true };
const codeAt = (time: number) => oneTimePassword(decodeBase32(SECRET), Math.floor(time / 30_000));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function setUp() {
  const settings = { totp_max_attempts: 3, totp_rate_limit_cooldown_sec: 60 };
  const { totp, tenants, app } = await Core.open(await openStore({ memory: true }), [settings]).then((core) =>
    Object.assign(core, { app: core.app(PUBLIC) }),
  );
  const give = async (code: string) => {
    vi.setSystemTime(Date.now() + 1);
    return totp.verifyCode(app, app, 'ada', code);
  };
  return { totp, tenants: tenants.ofApp(PUBLIC), app, give };
}

it('accepts a code once', async () => {
  const { totp, app, give } = await setUp();
  await totp.createDevice(app, 'ada', 'phone', device);
  expect(await give(codeAt(Date.now()))).toEqual({ status: 'right' });
  expect(await give(codeAt(Date.now()))).toEqual({ status: 'wrong', attempts: 1, limit: 3 });
});

it('refuses all codes for a while after too many wrong ones, then starts counting again', async () => {
  const { totp, app, give } = await setUp();
  await totp.createDevice(app, 'ada', 'phone', device);
  for (const attempts of [1, 2, 3]) expect(await give('wrong')).toEqual({ status: 'wrong', attempts, limit: 3 });
  const refused = { status: 'too many', attempts: 3, limit: 3, retryAfter: 59_999 };
  expect(await give(codeAt(Date.now()))).toEqual(refused);
  vi.setSystemTime(Date.now() + 59_998);
  expect(await give('wrong')).toEqual({ status: 'wrong', attempts: 1, limit: 3 });
  expect(await give(codeAt(Date.now()))).toEqual({ status: 'right' });
  expect(await give('wrong')).toMatchObject({ attempts: 1 });
});

it('counts every one of concurrent wrong codes', async () => {
  const { totp, app } = await setUp();
  await totp.createDevice(app, 'ada', 'phone', device);
  expect(await totp.verifyCode(app, app, 'ada', codeAt(Date.now()))).toEqual({ status: 'right' });
  const guesses = Array.from({ length: 20 }, (_, at) => totp.verifyCode(app, app, 'ada', `guess${at}`));
  const verdicts = await Promise.all(guesses);
  expect(verdicts.filter((verdict) => verdict?.status === 'wrong')).toMatchObject([
    { attempts: 1 },
    { attempts: 2 },
    { attempts: 3 },
  ]);
});

it('replaces an unverified device by another of the same name', async () => {
  const { totp, app } = await setUp();
  expect(await totp.createDevice(app, 'ada', undefined, { ...device, isVerified: false })).toBe('TOTP Device 0');
  expect(await totp.createDevice(app, 'ada', undefined, device)).toBe('TOTP Device 0');
  expect(await totp.createDevice(app, 'ada', 'TOTP Device 0', device)).toBeUndefined();
  expect(await totp.createDevice(app, 'ada', undefined, device)).toBe('TOTP Device 1');
});

it('forgets used codes when the last device is removed', async () => {
  const { totp, tenants, app, give } = await setUp();
  await totp.createDevice(app, 'ada', 'phone', device);
  for (let at = 0; at < 4; at++) await give('wrong');
  expect(await totp.removeDevice(app, tenants, 'ada', 'phone')).toBe(true);
  expect(await give('wrong')).toBeUndefined();
  await totp.createDevice(app, 'ada', 'phone', device);
  expect(await give('wrong')).toMatchObject({ attempts: 1 });
});
