import { randomUUID } from 'node:crypto';
import { Client } from 'undici';
import { send, type Target } from './scenario.js';
import { startServer } from './start.js';

interface Session {
  readonly userId: string;
  readonly handle: string;
  readonly access: string;
  readonly refresh: string;
}

interface State {
  readonly apiKey: string;
  readonly sessions: readonly Session[];
}

interface Tokens {
  readonly status: string;
  readonly session: { readonly handle: string };
  readonly accessToken: { readonly token: string };
  readonly refreshToken: { readonly token: string };
}

async function cdi(
  client: Client,
  apiKey: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Tokens> {
  const answer = (await send(client, {
    method,
    path,
    headers: {
      'cdi-version': '5.4',
      ...(apiKey === '' ? {} : { 'api-key': apiKey }),
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })) as Tokens;
  if (answer.status !== 'OK') throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

const create = async (client: Client, apiKey: string, userId: string): Promise<Session> => {
  const { session, accessToken, refreshToken } = await cdi(client, apiKey, 'POST', '/recipe/session', {
    userId,
    userDataInJWT: { role: 'member' },
    userDataInDatabase: {},
    enableAntiCsrf: false,
    useDynamicSigningKey: true,
  });
  return { userId, handle: session.handle, access: accessToken.token, refresh: refreshToken.token };
};

const thirdParty = (id: string) => ({
  thirdPartyId: 'google',
  thirdPartyUserId: id,
  email: { id: `${id}@example.com`, isVerified: true },
});

const anyOf = (sessions: readonly Session[]) => sessions[Math.floor(Math.random() * sessions.length)];

export const core: Target<State> = {
  name: 'core',
  start: async () => ({ ...(await startServer('core-server', '/hello')), secret: '' }),
  async prepare(url, apiKey, size) {
    const clients = Array.from({ length: 16 }, () => new Client(url));
    try {
      let made = 0;
      // The sessions under load are spread over all stored ones.
      const stride = Math.max(1, Math.floor(size / 1000));
      const sessions: Session[] = [];
      await Promise.all(
        clients.map(async (client) => {
          while (made++ < size) {
            const isSpread = made % stride === 0;
            const session = await create(client, apiKey, `user-${made}`);
            if (isSpread) sessions.push(session);
          }
        }),
      );
      await Promise.all(
        clients.map(async (client) => {
          for (let user = 0; user < 16; user++) {
            await cdi(client, apiKey, 'POST', '/recipe/signinup', thirdParty(randomUUID()));
          }
        }),
      );
      return { apiKey, sessions };
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  },
  scenarios: [
    {
      name: 'create a session',
      connect:
        ({ apiKey }, index) =>
        async (client) => {
          await create(client, apiKey, `load-${index}`);
        },
    },
    {
      name: 'verify with checkDatabase',
      connect:
        ({ apiKey, sessions }) =>
        async (client) => {
          await cdi(client, apiKey, 'POST', '/recipe/session/verify', {
            accessToken: anyOf(sessions)?.access,
            enableAntiCsrf: false,
            doAntiCsrfCheck: false,
            checkDatabase: true,
          });
        },
    },
    {
      name: 'refresh a session',
      // Each connection has its own session: a second run with the tokens of the first would count as token theft.
      connect: ({ apiKey }, index) => {
        let refreshToken: string | undefined;
        return async (client) => {
          refreshToken ??= (await create(client, apiKey, `load-${index}`)).refresh;
          const answer = await cdi(client, apiKey, 'POST', '/recipe/session/refresh', {
            refreshToken,
            enableAntiCsrf: false,
            useDynamicSigningKey: true,
          });
          refreshToken = answer.refreshToken.token;
        };
      },
    },
    {
      name: 'regenerate a session',
      connect:
        ({ apiKey, sessions }) =>
        async (client) => {
          await cdi(client, apiKey, 'POST', '/recipe/session/regenerate', {
            accessToken: anyOf(sessions)?.access,
            userDataInJWT: { role: 'member' },
          });
        },
    },
    {
      name: 'read a session',
      connect:
        ({ apiKey, sessions }) =>
        async (client) => {
          await cdi(client, apiKey, 'GET', `/recipe/session?sessionHandle=${anyOf(sessions)?.handle}`);
        },
    },
    {
      name: "list a user's sessions",
      connect:
        ({ apiKey, sessions }) =>
        async (client) => {
          await cdi(client, apiKey, 'GET', `/recipe/session/user?userId=${anyOf(sessions)?.userId}`);
        },
    },
    {
      name: 'sign up with a password',
      connect:
        ({ apiKey }) =>
        async (client) => {
          await cdi(client, apiKey, 'POST', '/recipe/signup', {
            email: `${randomUUID()}@example.com`,
            password: 'correct horse 1',
          });
        },
    },
    {
      name: 'sign in with a password',
      connect: ({ apiKey }) => {
        let user: { email: string; password: string } | undefined;
        return async (client) => {
          if (user === undefined) {
            user = { email: `${randomUUID()}@example.com`, password: 'correct horse 1' };
            await cdi(client, apiKey, 'POST', '/recipe/signup', user);
          }
          await cdi(client, apiKey, 'POST', '/recipe/signin', user);
        };
      },
    },
    {
      name: 'sign up with a third party',
      connect:
        ({ apiKey }) =>
        async (client) => {
          await cdi(client, apiKey, 'POST', '/recipe/signinup', thirdParty(randomUUID()));
        },
    },
    {
      name: 'sign in with a third party',
      connect: ({ apiKey }) => {
        const id = randomUUID();
        return async (client) => {
          await cdi(client, apiKey, 'POST', '/recipe/signinup', thirdParty(id));
        };
      },
    },
    {
      name: 'list 100 users',
      connect:
        ({ apiKey }) =>
        async (client) => {
          await cdi(client, apiKey, 'GET', '/users?limit=100&timeJoinedOrder=DESC');
        },
    },
  ],
};
