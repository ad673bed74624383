export type { Limits } from './http/listener.js';
export { type CoreServer, type CoreServerOptions, createCoreServer, type Logger } from './server.js';
export type { SettingName, Settings } from './settings/definitions.js';
export { InvalidSetting } from './settings/settings.js';
