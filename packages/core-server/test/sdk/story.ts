import { expect } from 'vitest';

/** How a frontend gets its tokens: as cookies, or in headers. */
export type Transfer = 'cookie' | 'header';

/** A client of an application: keeps the tokens it is given, as a browser or a mobile app does. */
class Client {
  access = '';
  refresh = '';
  readonly #url: string;
  readonly #transfer: Transfer;

  constructor(url: string, transfer: Transfer) {
    this.#url = url;
    this.#transfer = transfer;
  }

  async send(method: 'GET' | 'POST', path: string): Promise<{ status: number; body: unknown }> {
    const isRefresh = path.endsWith('/refresh');
    const headers: Record<string, string> = { 'st-auth-mode': this.#transfer, rid: 'session' };
    if (this.#transfer === 'cookie') {
      headers.cookie = `sAccessToken=${this.access}; sRefreshToken=${this.refresh}`;
    } else if (this.access !== '') headers.authorization = `Bearer ${isRefresh ? this.refresh : this.access}`;
    const response = await fetch(this.#url + path, { method, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value = ''] = /^(s\w+Token)=([^;]*)/.exec(cookie) ?? [];
      if (name === 'sAccessToken') this.access = value;
      if (name === 'sRefreshToken') this.refresh = value;
    }
    this.access = response.headers.get('st-access-token') ?? this.access;
    this.refresh = response.headers.get('st-refresh-token') ?? this.refresh;
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }
}

/**
 * The life of a session in an application: log in, be known, refresh, be known, lose a stolen token, log out.
 * The application answers `POST /login`, `GET /me` with `{ userId, role }`, `POST /logout`, and the SDK's own paths.
 */
export async function livesThroughASession(url: string, transfer: Transfer): Promise<void> {
  const client = new Client(url, transfer);
  expect((await client.send('GET', '/me')).status).toBe(401);

  expect((await client.send('POST', '/login')).status).toBe(200);
  const me = { status: 200, body: { userId: 'somebody', role: 'member' } };
  expect(await client.send('GET', '/me')).toEqual(me);

  const stolen = client.refresh;
  const firstAccess = client.access;
  expect((await client.send('POST', '/auth/session/refresh')).status).toBe(200);
  expect(client.access).not.toBe(firstAccess);
  expect(client.refresh).not.toBe(stolen);
  expect(await client.send('GET', '/me')).toEqual(me);

  const thief = new Client(url, transfer);
  thief.access = client.access;
  thief.refresh = stolen;
  expect((await thief.send('POST', '/auth/session/refresh')).status).toBe(401);
  expect((await client.send('GET', '/me')).status).toBe(401);

  const again = new Client(url, transfer);
  await again.send('POST', '/login');
  const { access } = again;
  expect((await again.send('POST', '/logout')).status).toBe(200);
  again.access = access;
  expect((await again.send('GET', '/me')).status).toBe(401);
}
