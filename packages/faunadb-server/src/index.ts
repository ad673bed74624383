export { createFaunaServer, type FaunaServer, type FaunaServerOptions } from './fauna-server.js';
