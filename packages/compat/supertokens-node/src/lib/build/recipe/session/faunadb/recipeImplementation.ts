export { RecipeImplementation as default } from 'supertokens-faunadb';
