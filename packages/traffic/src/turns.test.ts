import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Turn, Turns } from './turns.js';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Takes longer than a slice, so that nothing else begins in the same event loop turn. */
const slow = (done: () => void) => (turn: Turn) => {
  const end = performance.now() + 2;
  while (performance.now() < end);
  done();
  turn.over();
};

it('lets lines take turns, and groups as well', async () => {
  const turns = new Turns({ slice: 1 });
  const began: string[] = [];
  const [a, b, c] = [turns.line({ atOnce: 1 }), turns.line({ atOnce: 1 }), turns.line({ atOnce: 1 })];
  for (let n = 0; n < 4; n++)
    a.enter(
      'one',
      slow(() => began.push('a')),
    );
  for (let n = 0; n < 2; n++)
    b.enter(
      'one',
      slow(() => began.push('b')),
    );
  for (let n = 0; n < 2; n++)
    c.enter(
      'other',
      slow(() => began.push('c')),
    );
  while (began.length < 8) await later();
  // The first began at once; from then on the groups took turns, and in one of them the lines.
  expect(began.join('')).toBe('aacbcaba');
});

it('looks at the sockets between two slices', async () => {
  const turns = new Turns({ slice: 1 });
  const line = turns.line({ atOnce: 1 });
  let began = 0;
  for (let n = 0; n < 10; n++)
    line.enter(
      '',
      slow(() => began++),
    );
  expect(began).toBe(1);
  await later();
  expect(began).toBeLessThan(4);
});

it('begins one work in several turns of the event loop while connections arrive', async () => {
  const turns = new Turns({ slice: 1000 });
  let began = 0;
  const enter = () =>
    turns.line({ atOnce: 1 }).enter('', (turn) => {
      began++;
      turn.over();
    });
  turns.hurry();
  for (let n = 0; n < 10; n++) enter();
  expect(began).toBe(1);
  // Where the next one is accepted in each turn of the event loop, before what waits is looked at again.
  for (let turn = 0; turn < 16; turn++) {
    await later();
    turns.hurry();
  }
  expect(began).toBe(3);
  await later();
  await later();
  expect(began).toBe(10);
});

it('reports work that throws, and goes on', async () => {
  const failures: unknown[] = [];
  const turns = new Turns({ report: (error) => failures.push(error) });
  const line = turns.line({ atOnce: 1 });
  const failing = () => {
    throw new Error('a mistake');
  };
  line.enter('', slow(failing));
  line.enter('', failing);
  const began = new Promise<void>((resolve) => line.enter('', slow(resolve)));
  await began;
  expect(failures).toHaveLength(2);
});

it('begins no more of a line, and of a group, than may be under way', async () => {
  const turns = new Turns({ atOncePerGroup: 3 });
  const lines = Array.from({ length: 4 }, () => turns.line({ atOnce: 2 }));
  const open: Turn[] = [];
  for (const line of lines) for (let n = 0; n < 3; n++) line.enter('group', (turn) => open.push(turn));
  expect(open).toHaveLength(3);
  lines[3]?.enter('other', (turn) => open.push(turn));
  // What is behind others in its line stays there.
  expect(open).toHaveLength(3);
  open[0]?.computed();
  expect(open).toHaveLength(4);
  for (const turn of open) turn.over();
  await later();
  expect(open.length).toBeGreaterThan(4);
});

it('turns away who comes when too many wait, but not who waits already', () => {
  const turns = new Turns({ maxWaiting: 1 });
  const [a, b, c] = [turns.line({ atOnce: 1 }), turns.line({ atOnce: 1 }), turns.line({ atOnce: 1 })];
  const group = new Turns({ atOncePerGroup: 1, maxWaiting: 1 });
  const [x, y, z] = [group.line({ atOnce: 1 }), group.line({ atOnce: 1 }), group.line({ atOnce: 1 })];
  expect([a, b, c].map((line) => line.enter('', () => {}))).toEqual(['begun', 'begun', 'begun']);
  expect(x.enter('', () => {})).toBe('begun');
  const leave = y.enter('', () => {});
  expect(typeof leave).toBe('function');
  expect(typeof y.enter('', () => {})).toBe('function');
  expect(z.enter('', () => {})).toBe('full');
});

it('goes on with a blocked line when it is looked at again', () => {
  const turns = new Turns();
  let isBlocked = true;
  const line = turns.line({ atOnce: 1, isBlocked: () => isBlocked });
  let began = 0;
  line.enter('', (turn) => {
    began++;
    turn.over();
  });
  expect(began).toBe(0);
  isBlocked = false;
  line.look();
  expect(began).toBe(1);
});

it('begins every work once, but for those that were taken back, whatever comes in which order', async () => {
  const step = fc.record({
    line: fc.nat({ max: 4 }),
    group: fc.constantFrom('a', 'b', 'c'),
    end: fc.constantFrom('at once', 'computed', 'later'),
    leaves: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const turns = new Turns({ atOncePerGroup: 2 });
      const lines = Array.from({ length: 5 }, (_, n) => turns.line({ atOnce: 1 + (n % 2) }));
      const began = steps.map(() => 0);
      const ending: Turn[] = [];
      const expected = steps.map(() => 1);
      steps.forEach(({ line, group, end, leaves }, n) => {
        const entered = lines[line]?.enter(group, (turn) => {
          began[n] = (began[n] ?? 0) + 1;
          if (end === 'at once') turn.over();
          else ending.push(turn);
          if (end === 'computed') turn.computed();
        });
        if (leaves && typeof entered === 'function') {
          entered();
          expected[n] = 0;
        }
      });
      for (let quiet = 0; quiet < 3; quiet++) {
        if (ending.length > 0) quiet = 0;
        ending.shift()?.over();
        await later();
      }
      expect(began).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
