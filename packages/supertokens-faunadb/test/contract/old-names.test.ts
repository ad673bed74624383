import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { RecipeInterface } from 'supertokens-node/recipe/session';
import { expect, it } from 'vitest';
import { login, nextRequest, provideFixture } from '../support/fixture.js';

const fixture = provideFixture();

// The alias is compiled where the SDK has another name, so that its types cannot be had here.
const alias = createRequire(import.meta.url).resolve('supertokens-node-faunadb/package.json');
const source = new URL('src/recipe/session/old-names.ts', pathToFileURL(alias)).href;
const { withOldNames }: { withOldNames(recipe: RecipeInterface): RecipeInterface } = await import(source);

interface OldSessionNames {
  getJWTPayload(): Record<string, unknown>;
  updateJWTPayload(payload: object): Promise<void>;
}

/** Where the SDK goes by its own name, its type of a session does not know the old names. */
const old = <T>(session: T) => session as T & OldSessionNames;

it('a payload that was read, changed and written back is changed, and keeps what is not the application’s', async () => {
  const recipe = withOldNames(fixture.integration({ accessFaunadbTokenFromFrontend: true }));
  const userId = await fixture.database.createUser();
  const session = old(await login(recipe, userId, { accessTokenPayload: { role: 'reader', theme: 'dark' } }));
  const { theme, ...payload } = session.getJWTPayload();
  expect(theme).toBe('dark');
  await session.updateJWTPayload({ ...payload, role: 'writer' });
  const now = old(await nextRequest(recipe, session));
  expect(now.getJWTPayload()).toMatchObject({ role: 'writer', sub: userId });
  expect(now.getJWTPayload()).not.toHaveProperty('theme');
  expect(await fixture.database.identity(await now.getFaunadbToken())).toBe(userId);
});
