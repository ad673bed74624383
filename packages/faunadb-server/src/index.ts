export { createFaunaServer, type FaunaServer, type FaunaServerOptions } from './server/fauna-server.js';
