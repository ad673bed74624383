import { expect, it } from 'vitest';
import { Router } from './router.js';

const root = { path: '' };
const session = { path: '/recipe/session' };
const router = new Router([root, session]);

it.each([
  ['/recipe/session', session, 'public', 'public'],
  ['/recipe/session/', session, 'public', 'public'],
  ['/Recipe/SESSION', session, 'public', 'public'],
  ['/eu/recipe/session', session, 'public', 'eu'],
  ['/appid-shop/recipe/session', session, 'shop', 'public'],
  ['/appid-shop/eu/recipe/session', session, 'shop', 'eu'],
  ['/appid-/recipe/session', session, 'public', 'public'],
  ['/', root, 'public', 'public'],
  ['/eu', root, 'public', 'eu'],
  ['/appid-shop', root, 'shop', 'public'],
  ['/appid-shop/eu/', root, 'shop', 'eu'],
  ['/recipe', undefined, 'public', 'public'],
  ['/users/recipe/session', undefined, 'public', 'public'],
  ['/not_allowed/recipe/session', undefined, 'public', 'public'],
  ['/eu/appid-shop/recipe/session', undefined, 'public', 'public'],
  ['/appid-shop/recipe', undefined, 'shop', 'public'],
  ['/appid-shop/a/b', undefined, 'public', 'public'],
])('%s', (path, api, app, tenant) => expect(router.route(path)).toEqual({ api, app, tenant }));
