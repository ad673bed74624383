import { describe, expect, it } from 'vitest';
import { type Turn, WaitingList } from './waiting-list.js';

function takeAll(list: WaitingList<string>): Turn<string>[] {
  const turns: Turn<string>[] = [];
  for (let turn = list.take(); turn; turn = list.take()) turns.push(turn);
  return turns;
}

const itemsOf = (turns: readonly Turn<string>[]) => turns.map(({ item }) => item);

describe('clients that wait', () => {
  it('take turns, between trees and within each tree between clients', () => {
    const list = new WaitingList<string>(16);
    for (const who of ['a', 'b']) for (const n of [1, 2]) list.add({ tree: 'one', who }, `${who}${n}`);
    list.add({ tree: 'two', who: 'c' }, 'c1');
    expect(itemsOf(takeAll(list))).toEqual(['a1', 'c1', 'b1', 'a2', 'b2']);
  });

  it('leave a place for other trees, and half of the rest for other clients of their tree', () => {
    const list = new WaitingList<string>(5);
    for (let n = 1; n <= 6; n++) list.add({ tree: 'one', who: 'a' }, `a${n}`);
    const first = takeAll(list);
    expect(itemsOf(first)).toEqual(['a1', 'a2']);
    for (const who of ['b', 'c']) for (const n of [1, 2]) list.add({ tree: 'one', who }, `${who}${n}`);
    expect(itemsOf(takeAll(list))).toEqual(['b1', 'c1']);
    list.add({ tree: 'two', who: 'd' }, 'd1');
    expect(itemsOf(takeAll(list))).toEqual(['d1']);
    first[0]!.done();
    // The client whose last place is longest ago comes first.
    expect(itemsOf(takeAll(list))).toEqual(['a3']);
  });

  it('are refused when too many wait, and forgotten when they no longer wait', () => {
    const list = new WaitingList<string>(4);
    const client = { tree: 'one', who: 'a' };
    const added = Array.from({ length: 101 }, (_, n) => list.add(client, `a${n}`));
    expect(added.filter((isAdded) => !isAdded)).toHaveLength(1);
    expect([list.remove(client, 'a0'), list.remove(client, 'a0')]).toEqual([true, false]);
    expect(list.take()?.item).toBe('a1');
  });
});
