export * from '../../../../../recipe/session/faunadb/index.js';
export { default } from '../../../../../recipe/session/faunadb/index.js';
