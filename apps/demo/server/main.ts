import { once } from 'node:events';
import { createServer } from 'node:http';
import faunadb from 'faunadb';
import { createApp } from './app.js';
import { type Config, readConfig } from './config.js';
import { refusalFor } from './refusal.js';
import { setUpSchema } from './schema.js';

try {
  const config = readConfig(process.env);
  await start(config).catch((error: unknown) => {
    throw refusalFor(error, config);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function start(config: Config): Promise<void> {
  const client = new faunadb.Client({ endpoint: config.faunadb.url.origin, secret: config.faunadb.secret });
  await setUpSchema(client);

  const server = createServer(createApp(config, client)).listen(config.port, '127.0.0.1');
  await once(server, 'listening');
  console.log(`The demo is at ${config.pageUrl.origin}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close(() => client.close());
      server.closeAllConnections();
    });
  }
}
