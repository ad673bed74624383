export * from 'supertokens-faunadb';
// It was the default export too.
export { RecipeImplementation as default } from 'supertokens-faunadb';
// The session of this package has the names of both times, and the integration's.
export type { SessionContainer } from 'supertokens-node-sdk/recipe/session';
