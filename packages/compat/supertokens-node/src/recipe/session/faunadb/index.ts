export * from 'supertokens-faunadb';
// The old package exported it as the default too.
export { RecipeImplementation as default } from 'supertokens-faunadb';
// This package's session has the old names, today's, and the integration's methods.
export type { SessionContainer } from 'supertokens-node-sdk/recipe/session';
