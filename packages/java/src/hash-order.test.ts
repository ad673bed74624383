import { expect, it } from 'vitest';
import { hashOrder, hashSetOrder, mutableMapOrder } from './hash-order.js';

// Obtained from Scala 2.13's HashMap.
it.each([
  ['y,x', 'x,y'],
  ['nope,y', 'y,nope'],
  ['a,missing,b,c', 'a,b,missing,c'],
  ['one,two,three,four,five,six,seven,eight,nine,ten', 'two,six,seven,ten,five,eight,four,three,nine,one'],
  ['é,中,😀', 'é,😀,中'],
  // Two with the same hash.
  ['Aa,BB,x', 'x,Aa,BB'],
])('orders %s as %s', (names, ordered) => {
  expect(hashOrder(names.split(',')).join()).toBe(ordered);
});

it.each([
  [['otp-email', 'otp-phone', 'emailpassword', 'thirdparty']],
  [['thirdparty', 'emailpassword', 'otp-phone', 'otp-email']],
])('has a set of %j in one order, however it was given', (texts) => {
  expect(hashSetOrder(texts)).toEqual(hashSetOrder([...texts].sort()));
});

it('has texts in the order of their hashes while there are few', () => {
  // The hash of a single character is its code.
  expect(hashSetOrder(['c', 'a', 'b'])).toEqual(['a', 'b', 'c']);
  expect(hashSetOrder(['p', 'a'])).toEqual(['p', 'a']);
});

it('has names in the order of a mutable map, which depends on how many it had', () => {
  expect(mutableMapOrder(['m', 's'], 2)).toEqual(['s', 'm']);
  expect(mutableMapOrder(['issuer', 'jwks_uri'], 8)).toEqual(['jwks_uri', 'issuer']);
  expect(mutableMapOrder(['h', 'p', 'a'], 3)).toEqual(['h', 'p', 'a']);
  expect(mutableMapOrder(['h', 'p', 'a'], 6)).toEqual(['p', 'a', 'h']);
});
