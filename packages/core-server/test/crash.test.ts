import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ask, createSession, refreshSession, verifySession } from './cdi.js';
import { startServer } from './spawn.js';

const data = mkdtempSync(join(tmpdir(), 'core-crash-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
const args = ['--port', '0', '--host', '127.0.0.1', '--data', join(data, 'sessions')];

/** What a client was acknowledged last about its session. */
interface Acknowledged {
  readonly handle: string;
  readonly access: string;
  readonly refresh: string;
  readonly written?: number;
  readonly removed?: boolean;
}

it('loses nothing acknowledged when killed', { timeout: 60_000 }, async () => {
  const first = await startServer(args);
  const { url } = first;
  const acknowledged = new Map<string, Acknowledged>();
  const clients = Array.from({ length: 8 }, (_, index) => live(url, `user-${index}`, acknowledged).catch(() => {}));
  while (acknowledged.size < 200) await new Promise(setImmediate);
  await Promise.all([first.end(), ...clients]);

  const second = await startServer(args);
  try {
    const again = second.url;
    for (const { handle, access, refresh, written, removed } of acknowledged.values()) {
      const session = await ask(again, 'GET', `/recipe/session?sessionHandle=${handle}`);
      if (removed) {
        expect(session.status).toBe('UNAUTHORISED');
        continue;
      }
      expect(session).toMatchObject({ status: 'OK', ...(written && { userDataInDatabase: { written } }) });
      expect((await verifySession(again, access)).status).toBe('OK');
      await expect(refreshSession(again, refresh)).resolves.toMatchObject({ handle });
    }
  } finally {
    await second.end('SIGTERM');
  }
});

it('gives an email to one user under concurrent sign-ups and a kill', {
  timeout: 60_000,
}, async () => {
  const own = ['--port', '0', '--host', '127.0.0.1', '--data', join(data, 'users')];
  const first = await startServer(own, { BCRYPT_LOG_ROUNDS: '4' });
  const { url } = first;
  // The passwords whose sign-ups for an email were acknowledged.
  const owners = new Map<string, string[]>();
  const signUpAll = async (client: number) => {
    for (let n = 0; ; n++) {
      const [email, password] = [`user-${n}@login.example`, `password-${client}`];
      const { status } = await ask(url, 'POST', '/recipe/signup', { email, password });
      if (status === 'OK') owners.set(email, [...(owners.get(email) ?? []), password]);
    }
  };
  const clients = [1, 2, 3, 4].map((client) => signUpAll(client).catch(() => {}));
  while (owners.size < 60) await new Promise(setImmediate);
  await Promise.all([first.end(), ...clients]);

  const second = await startServer(own, { BCRYPT_LOG_ROUNDS: '4' });
  try {
    const again = second.url;
    const users = new Set<string>();
    for (const [email, passwords] of owners) {
      expect(passwords).toHaveLength(1);
      const signedIn = await ask(again, 'POST', '/recipe/signin', { email, password: passwords[0] });
      expect(signedIn.status).toBe('OK');
      users.add(String(signedIn.recipeUserId));
      const another = await ask(again, 'POST', '/recipe/signup', { email, password: 'another' });
      expect(another).toEqual({ status: 'EMAIL_ALREADY_EXISTS_ERROR' });
    }
    expect(users.size).toBe(owners.size);
    const { count } = await ask(again, 'GET', '/users/count');
    expect(count).toBeGreaterThanOrEqual(owners.size);
    expect((await ask(again, 'GET', '/users?limit=500')).users).toHaveLength(Number(count));
  } finally {
    await second.end('SIGTERM');
  }
});

// Makes sessions until the server is gone. What is under way when it goes is no more in `acknowledged`: it may have happened or not.
async function live(url: string, user: string, acknowledged: Map<string, Acknowledged>): Promise<void> {
  for (let n = 1; ; n++) {
    let session: Acknowledged = await createSession(url, user);
    const step = async (work: () => Promise<Acknowledged>) => {
      acknowledged.delete(session.handle);
      session = await work();
      acknowledged.set(session.handle, session);
    };
    acknowledged.set(session.handle, session);
    await step(async () => {
      const body = { sessionHandle: session.handle, userDataInDatabase: { written: n } };
      await ask(url, 'PUT', '/recipe/session/data', body);
      return { ...session, written: n };
    });
    await step(async () => {
      const tokens = await refreshSession(url, session.refresh);
      await verifySession(url, tokens.access); // from here on the new refresh token is the one that counts
      return { ...session, ...tokens };
    });
    if (n % 3 === 0) {
      await step(async () => {
        await ask(url, 'POST', '/recipe/session/remove', { sessionHandles: [session.handle] });
        return { ...session, removed: true };
      });
    }
  }
}
