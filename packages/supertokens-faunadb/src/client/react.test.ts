import { Client, query as q } from 'faunadb';
import { createElement, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { FrontendSession } from './browser.js';
import { useFaunaClient } from './react.js';

const nobody: FrontendSession = {
  doesSessionExist: async () => false,
  getAccessTokenPayloadSecurely: async () => ({}),
  attemptRefreshingSession: async () => false,
};

const clients: Client[] = [];

function Component(): null {
  const [rendered, setRendered] = useState(0);
  clients.push(useFaunaClient({ session: nobody, endpoint: 'http://127.0.0.1:1' }));
  if (rendered === 0) setRendered(1);
  return null;
}

it('gives the same client for as long as the component lives', async () => {
  renderToString(createElement(Component));
  expect(clients).toHaveLength(2);
  expect(clients[0]).toBeInstanceOf(Client);
  expect(clients[1]).toBe(clients[0]);
  await expect(clients[0]?.query(q.Now())).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
});
