export * from '../../../../../recipe/session/faunadb/types/index.js';
