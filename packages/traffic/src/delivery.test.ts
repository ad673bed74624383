import { once } from 'node:events';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Delivery } from './delivery.js';

/** Accepts a piece on demand. */
class Client extends Writable {
  taken = 0;
  #next: (() => void) | undefined;

  override _write(piece: Buffer, _: string, done: () => void): void {
    this.#next = () => {
      this.#next = undefined;
      this.taken += piece.length;
      done();
    };
  }

  take(): boolean {
    const next = this.#next;
    next?.();
    return next !== undefined;
  }
}

const MIB = 1024 * 1024;
const parcelTo = (to: Client) => ({ to, cutOff: () => to.destroy() });

it('sends all, and counts what waits', async () => {
  const delivery = new Delivery({ stallTimeout: 60_000, maxUnsent: 10 * MIB });
  const client = new Client();
  const waits: number[] = [];
  let here = 0;
  const note = (change: number) => {
    here += change;
    waits.push(here);
  };
  delivery.send({ ...parcelTo(client), note }, 'x'.repeat(MIB), MIB);
  expect(delivery.unsent).toBe(MIB);
  while (!client.closed) {
    client.take();
    await new Promise(setImmediate);
  }
  expect([client.taken, delivery.unsent, waits.at(0), waits.at(-1)]).toEqual([MIB, 0, MIB, 0]);
});

it('cuts off who takes nothing, and not who does', async () => {
  const delivery = new Delivery({ stallTimeout: 200, maxUnsent: 10 * MIB });
  const [idle, busy] = [new Client(), new Client()];
  delivery.send(parcelTo(idle), 'x'.repeat(MIB), MIB);
  delivery.send(parcelTo(busy), 'x'.repeat(MIB), MIB);
  const timer = setInterval(() => busy.take(), 20);
  await once(idle, 'close');
  clearInterval(timer);
  expect(busy.destroyed).toBe(false);
  expect(delivery.unsent).toBeLessThanOrEqual(MIB);
});

it('cuts off who has taken nothing for longest where too much waits', async () => {
  const delivery = new Delivery({ stallTimeout: 60_000, maxUnsent: 2 * MIB });
  const clients = [new Client(), new Client(), new Client(), new Client()];
  for (const client of clients.slice(0, 2)) delivery.send(parcelTo(client), 'x'.repeat(MIB), MIB);
  clients[0]?.take();
  for (const client of clients.slice(2)) delivery.send(parcelTo(client), 'x'.repeat(MIB), MIB);
  // A piece of the first is gone, so that it and one other find room, and the one after that does not.
  expect(clients.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false]);
  expect(delivery.unsent).toBe(2 * MIB);
});

it('reports when a part is taken, or its client is gone', async () => {
  const delivery = new Delivery({ stallTimeout: 60_000, maxUnsent: 10 * MIB });
  const client = new Client();
  const first = delivery.sendPart(parcelTo(client), 'one');
  client.take();
  await first;
  const second = delivery.sendPart(parcelTo(client), 'two');
  client.destroy();
  await second;
  await delivery.sendPart(parcelTo(client), 'three');
  expect(delivery.unsent).toBe(0);
});

it('sends small bodies that may wait together, and others at once', async () => {
  const delivery = new Delivery({ stallTimeout: 60_000, maxUnsent: 10 * MIB });
  const [first, second, other] = [new Client(), new Client(), new Client()];
  delivery.send({ ...parcelTo(first), mayWait: true }, 'one', 3);
  delivery.send({ ...parcelTo(second), mayWait: true }, 'two', 3);
  delivery.send(parcelTo(other), 'three', 5);
  expect([first, second, other].map(({ writableEnded }) => writableEnded)).toEqual([false, false, true]);
  await new Promise(setImmediate);
  expect([first, second].map(({ writableEnded }) => writableEnded)).toEqual([true, true]);
});
