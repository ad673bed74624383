export type { Limits, Tls } from './http/listener.js';
export type { Logger } from './http/observation.js';
export { type CoreServer, type CoreServerOptions, createCoreServer } from './server.js';
export type { SettingName, Settings } from './settings/definitions.js';
export { InvalidSetting } from './settings/settings.js';
