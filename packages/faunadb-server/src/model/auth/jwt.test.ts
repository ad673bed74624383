import { type Expr, query as q } from 'faunadb';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase, ROOT_KEY } from '../../../test/database.js';

let ask: Database['ask'];
let watch: Database['watch'];
let audience: string;
let sign: (claims?: JWTPayload) => Promise<string>;

const ISSUER = 'https://idp.example.com/';
const inside = `${ROOT_KEY}:app:admin`;
const notes = q.Collection('notes');

beforeEach(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' };
  vi.stubGlobal('fetch', async () => Response.json({ keys: [jwk] }));
  ({ ask, watch } = await openDatabase());
  await ask(q.CreateDatabase({ name: 'app' }));
  await ask(q.CreateCollection({ name: 'notes' }), inside);
  for (const action of ['read', 'create']) {
    const privileges = [{ resource: q.Ref('collections/notes'), actions: { [action]: true } }];
    await ask(q.CreateRole({ name: `may_${action}`, privileges }), inside);
  }
  // Every test has its own key set, since they are cached by address.
  const jwks_uri = `https://idp.example.com/${crypto.randomUUID()}`;
  const writers = { role: q.Role('may_create'), predicate: q.Query(q.Lambda('token', hasScope('write'))) };
  const roles = [q.Role('may_read'), writers];
  const made = await ask(q.CreateAccessProvider({ name: 'idp', issuer: ISSUER, jwks_uri, roles } as never), inside);
  audience = made.resource.audience;
  sign = (claims = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ iss: ISSUER, aud: audience, exp: now + 60, sub: 'ada', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'a' })
      .sign(privateKey);
  };
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const hasScope = (scope: string): Expr => q.ContainsValue(scope, q.Select('scope', q.Var('token'), []));
const statusOf = async (token: string, query: object = q.Add(1, 1)) => (await ask(query, token)).status;

describe('JWTs of an access provider', () => {
  it('open their database, with the roles of the provider', async () => {
    const reader = await sign();
    const writer = await sign({ scope: ['write'] });
    const list = q.Paginate(q.Documents(notes));
    expect([await statusOf(reader, list), await statusOf(reader, q.Create(notes, {}))]).toEqual([200, 403]);
    expect([await statusOf(writer, list), await statusOf(writer, q.Create(notes, {}))]).toEqual([200, 201]);
  });

  it('give their subject as identity, and their payload as token', async () => {
    const token = await sign();
    expect((await ask(q.CurrentIdentity(), token)).resource).toBe('ada');
    expect((await ask(q.Select('iss', q.CurrentToken()), token)).resource).toBe(ISSUER);
    expect((await ask(q.KeyFromSecret(token))).resource.database['@ref'].id).toBe('app');
  });

  it.each<[string, () => JWTPayload]>([
    ['for another database', () => ({ aud: 'https://db.fauna.com/db/yyyyyyyyyyyyy' })],
    ['for no database', () => ({ aud: 'https://example.com' })],
    ['for two databases', () => ({ aud: [audience, `${audience.slice(0, -1)}y`] })],
    ['of another issuer', () => ({ iss: 'https://other.example.com/' })],
    ['that have expired', () => ({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['that never expire', () => ({ exp: undefined as never })],
    ['that are not valid yet', () => ({ nbf: Math.floor(Date.now() / 1000) + 60 })],
  ])('%s open nothing', async (_what, claims) => {
    expect(await statusOf(await sign(claims()))).toBe(401);
  });

  it('that were changed, or signed by others, open nothing', async () => {
    const [header, payload, signature] = (await sign()).split('.');
    const more = JSON.parse(Buffer.from(payload!, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...more, scope: ['write'] })).toString('base64url');
    expect(await statusOf(`${header}.${payload}.${signature}`)).toBe(200);
    expect(await statusOf(`${header}.${forged}.${signature}`)).toBe(401);
    expect(await statusOf(`${header}.${payload}.`)).toBe(401);
  });

  it('open nothing once the provider is deleted, or gives them no role', async () => {
    const token = await sign();
    expect(await statusOf(token)).toBe(200);
    await ask(q.Update(q.Ref('access_providers/idp'), { roles: [] }), inside);
    expect(await statusOf(token)).toBe(401);
    await ask(q.Update(q.Ref('access_providers/idp'), { roles: [q.Role('may_read')] }), inside);
    expect(await statusOf(token)).toBe(200);
    await ask(q.Delete(q.Ref('access_providers/idp')), inside);
    expect(await statusOf(token)).toBe(401);
  });

  it('keep their stream open, whatever keys are published later', async () => {
    const token = await sign();
    expect(await statusOf(token)).toBe(200);
    await ask(q.Create(q.Ref(notes, '1'), {}), inside);
    const events = await watch(q.Documents(notes), token);
    if ('status' in events) throw new Error(`refused with ${events.status}`);
    expect((await events.next()).value).toMatchObject({ type: 'start' });
    // The keys have expired, and the provider is unreachable.
    vi.stubGlobal('fetch', async () => new Response('away', { status: 503 }));
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 4_000_000);
    expect(await statusOf(token)).toBe(401);
    await ask(q.Create(q.Ref(notes, '2'), {}), inside);
    expect((await events.next()).value).toMatchObject({ type: 'set', event: { action: 'add' } });
  });
});
