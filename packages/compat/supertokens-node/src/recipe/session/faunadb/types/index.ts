export type { SessionContainer as Session } from 'supertokens-node-sdk/recipe/session';
