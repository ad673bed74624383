import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import faunadb from 'faunadb';
import { build, defaultClientConditions } from 'vite';
import { createApp } from '../../server/app.js';
import { setUpSchema } from '../../server/schema.js';
import { freePort } from './free-port.js';

/** The demo, started in this process. */
export interface Demo {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the demo from its sources, the page bundled into `pageFolder`. */
export async function startDemo(
  servers: { supertokensUri: string; faunadbUrl: string; faunadbSecret: string },
  pageFolder: string,
): Promise<Demo> {
  await build({
    configFile: false,
    root: fileURLToPath(new URL('../../page', import.meta.url)),
    logLevel: 'warn',
    resolve: { conditions: ['source', ...defaultClientConditions] },
    build: { outDir: pageFolder, emptyOutDir: true, target: 'es2023' },
  });

  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { supertokensUri, faunadbUrl, faunadbSecret } = servers;
  const client = new faunadb.Client({ endpoint: faunadbUrl, secret: faunadbSecret });
  await setUpSchema(client);
  const config = {
    port,
    pageUrl: new URL(url),
    supertokens: { connectionURI: supertokensUri },
    faunadb: { url: new URL(faunadbUrl), secret: faunadbSecret },
  };
  const server = createServer(createApp(config, client, pageFolder)).listen(port, 'localhost');
  await once(server, 'listening');
  return {
    url,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await client.close();
    },
  };
}
