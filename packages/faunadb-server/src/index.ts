export {
  createFaunaServer,
  type FaunaServer,
  type FaunaServerOptions,
  type SchemaFile,
} from './server/fauna-server.js';
