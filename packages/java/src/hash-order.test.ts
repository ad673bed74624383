import { expect, it } from 'vitest';
import { hashOrder } from './hash-order.js';

// Told by Scala 2.13's HashMap.
it.each([
  ['y,x', 'x,y'],
  ['nope,y', 'y,nope'],
  ['a,missing,b,c', 'a,b,missing,c'],
  ['one,two,three,four,five,six,seven,eight,nine,ten', 'two,six,seven,ten,five,eight,four,three,nine,one'],
  ['é,中,😀', 'é,😀,中'],
  // Two of one hash.
  ['Aa,BB,x', 'x,Aa,BB'],
])('orders %s as %s', (names, ordered) => {
  expect(hashOrder(names.split(',')).join()).toBe(ordered);
});
