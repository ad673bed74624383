import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { type Body, Intake } from './intake.js';

const LIMITS = { maxBodySize: 100, maxUnfinished: 150, bodyTimeout: 60_000 };

function taken(intake: Intake, source: PassThrough): Promise<Body> {
  return new Promise((resolve) => intake.take(source, resolve));
}

it('collects what comes in pieces', async () => {
  const intake = new Intake(LIMITS);
  const source = new PassThrough();
  const body = taken(intake, source);
  for (const piece of ['a', 'b', 'c']) source.write(piece);
  source.end();
  expect(await body).toEqual({ kind: 'whole', bytes: Buffer.from('abc') });
  expect(intake.unfinished).toBe(0);
});

it('refuses one that is too large, and one more where too much lies here', async () => {
  const intake = new Intake(LIMITS);
  const [large, first, second] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const bodies = [large, first, second].map((source) => taken(intake, source));
  large.write('x'.repeat(101));
  expect(await bodies[0]).toEqual({ kind: 'too large' });
  first.write('x'.repeat(100));
  second.write('x'.repeat(100));
  expect(await bodies[2]).toEqual({ kind: 'too much' });
  first.end();
  expect(await bodies[1]).toMatchObject({ kind: 'whole' });
  expect(intake.unfinished).toBe(0);
});

it('gives up one that takes too long, and one whose client is gone', async () => {
  const intake = new Intake({ ...LIMITS, bodyTimeout: 40 });
  const [slow, broken] = [new PassThrough(), new PassThrough()];
  const bodies = [slow, broken].map((source) => taken(intake, source));
  slow.write('x');
  broken.destroy();
  await once(broken, 'close');
  expect(await bodies[1]).toEqual({ kind: 'broken' });
  expect(await bodies[0]).toEqual({ kind: 'too slow' });
});
