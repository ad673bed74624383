import { Failure, type FieldFailure, type FqlError } from './failure.js';
import type { Position } from './position.js';
import { typeName } from './types.js';
import type { UnresolvedRef, Value } from './values.js';

// FaunaDB's errors, named as in its source. Codes and wording are part of the protocol.

type At = Position | undefined;

function failure(
  rank: FqlError['rank'],
  kind: FqlError['kind'],
  code: string,
  description: string,
  position: At,
): Failure {
  return new Failure([{ rank, kind, code, description, position }]);
}

/** An expression that cannot be parsed. Parse errors outrank all other errors of an answer. */
export const invalidExpression = (description: string, position: At): Failure =>
  failure('parse', 'invalid', 'invalid expression', description, position);

export const invalidExpressionType = (expected: readonly string[], provided: Value, position: At): Failure =>
  invalidExpression(expectation(expected, typeName(provided)), position);

export const invalidForm = (keys: readonly string[], position: At): Failure =>
  invalidExpression(`No form/function found, or invalid argument keys: { ${keys.join(', ')} }.`, position);

export const invalidArgument = (description: string, position: At): Failure =>
  failure('argument', 'invalid', 'invalid argument', description, position);

/** An argument of the wrong type. An unresolved ref has an error of its own if a ref is expected. */
export const wrongType = (expected: readonly string[], provided: Value, position: At): Failure =>
  invalidArgument(expectation(expected, typeName(provided)), position);

export const boundsError = (argument: string, predicate: string, position: At): Failure =>
  invalidArgument(`${argument} must be ${predicate}`, position);

export const emptyArray = (position: At): Failure => invalidArgument('Non-empty array expected.', position);

export const emptySet = (position: At): Failure => invalidArgument('Non-empty set expected.', position);

export const divideByZero = (position: At): Failure => invalidArgument('Illegal division by zero.', position);

export const invalidCast = (value: Value, type: string, position: At): Failure =>
  invalidArgument(`Cannot cast ${typeName(value)} to ${type}.`, position);

export const unresolvedRef = (ref: UnresolvedRef, position: At): Failure =>
  failure('other', 'invalid', 'invalid ref', `Ref refers to undefined ${describeUnresolved(ref)}`, position);

export const invalidNativeCollection = (name: string, position: At): Failure =>
  failure('other', 'invalid', 'invalid ref', `Valid native collection name expected, '${name}' provided.`, position);

export const missingIdentity = (position: At): Failure =>
  failure('other', 'invalid', 'missing identity', 'Authentication does not contain an identity', position);

export const invalidToken = (position: At): Failure =>
  failure('other', 'invalid', 'invalid token', 'Token metadata is not accessible.', position);

export const keyNotFound = (secret: string, position: At): Failure =>
  failure('other', 'invalid', 'instance not found', `No key found for secret ${secret}.`, position);

export const permissionDenied = (position: At): Failure =>
  failure('permission', 'forbidden', 'permission denied', 'Insufficient privileges to perform the action.', position);

export const authenticationFailed = (position: At): Failure =>
  failure(
    'other',
    'invalid',
    'authentication failed',
    'The document was not found or provided password was incorrect.',
    position,
  );

export const transactionAborted = (description: string, position: At): Failure =>
  failure('other', 'invalid', 'transaction aborted', description, position);

export const valueNotFound = (path: readonly (string | bigint)[], position: At): Failure =>
  failure('other', 'missing', 'value not found', `Value not found at path [${path.join(',')}].`, position);

/** `what` is capitalised: `Document`, `Set`, `Token`… */
export const instanceNotFound = (what: string, position: At): Failure =>
  failure('other', 'missing', 'instance not found', `${what} not found.`, position);

export const instanceAlreadyExists = (what: string, position: At): Failure =>
  failure('other', 'invalid', 'instance already exists', `${what} already exists.`, position);

export const instanceNotUnique = (position: At): Failure =>
  failure('other', 'invalid', 'instance not unique', 'document is not unique.', position);

export const validationFailed = (failures: readonly FieldFailure[], position: At): Failure =>
  new Failure([
    {
      rank: 'other',
      kind: 'invalid',
      code: 'validation failed',
      description: 'document data is not valid.',
      position,
      failures,
    },
  ]);

export const callError = (cause: readonly FqlError[], position: At): Failure =>
  new Failure([
    {
      rank: 'other',
      kind: 'invalid',
      code: 'call error',
      description: 'Calling the function resulted in an error.',
      position,
      cause,
    },
  ]);

export const stackOverflow = (limit: number, position: At): Failure =>
  failure('other', 'invalid', 'stack overflow', `Call stack reached the maximum limit of ${limit}.`, position);

export const invalidEffect = (effect: 'read' | 'write', reason: string, position: At): Failure =>
  failure(
    'other',
    'invalid',
    'invalid expression',
    `Call performs a ${effect}, which is not allowed in ${reason}.`,
    position,
  );

export const invalidWriteTime = (position: At): Failure =>
  failure('other', 'invalid', 'invalid write time', 'Cannot write outside of snapshot time.', position);

/** One error for each description. */
export const schemaValidationFailed = (descriptions: readonly string[], position: At): Failure =>
  new Failure(
    descriptions.map((description) => ({
      rank: 'other',
      kind: 'invalid',
      code: 'schema validation failed',
      description,
      position,
    })),
  );

/** One error for each description. */
export const constraintsViolated = (descriptions: readonly string[], position: At): Failure =>
  new Failure(
    descriptions.map((description) => ({
      rank: 'other',
      kind: 'invalid',
      code: 'check constraint failure',
      description,
      position,
    })),
  );

/** @param source the name of the database to move; `target` is the name of its new parent. */
export const moveDatabaseError = (source: string, target: string, reason: string, position: At): Failure =>
  failure(
    'other',
    'invalid',
    'move database error',
    `Cannot move database '${source}' into parent '${target}': ${reason}`,
    position,
  );

export const invalidObjectInContainer = (position: At): Failure =>
  failure('other', 'invalid', 'invalid object in container', 'Object is not allowed in a container', position);

/** A request that cannot be served. It has no position in the query. */
export const badRequest = (description: string): Failure =>
  failure('other', 'invalid', 'bad request', description, undefined);

/** An index that is still being built. As with secrets that open nothing, it does not count as missing. */
export const indexInactive = (name: string, position: At): Failure =>
  failure('other', 'invalid', 'instance not found', `Index '${name}' is not active.`, position);

/** Runs several functions and returns their results, or throws the errors of all of them together. */
export function collectErrors<T extends readonly unknown[]>(...work: { [K in keyof T]: () => T[K] }): T {
  const errors: FqlError[] = [];
  const results = work.map((each) => {
    try {
      return each();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      errors.push(...error.errors);
      return undefined;
    }
  });
  if (errors.length > 0) throw new Failure(errors);
  return results as unknown as T;
}

/** "Integer expected, String provided." and its forms for several types. */
function expectation(expected: readonly string[], provided: string): string {
  if (expected.length === 0) return `${provided} provided.`;
  if (expected.length <= 2) return `${expected.join(' or ')} expected, ${provided} provided.`;
  return `${expected.slice(0, -1).join(', ')}, or ${expected.at(-1)} expected, ${provided} provided.`;
}

const KINDS: Readonly<Record<string, string>> = {
  databases: 'database',
  functions: 'function',
  roles: 'role',
  access_providers: 'access_provider',
  indexes: 'index',
  keys: 'key',
  collections: 'collection',
  classes: 'collection',
};

function describeUnresolved(ref: UnresolvedRef): string {
  if (ref.collection === undefined) return ref.database ? `database '${ref.database.id}'` : `collection '${ref.id}'`;
  if (ref.collection.collection !== undefined) return `collection '${ref.collection.id}'`;
  if (ref.database !== undefined && ref.collection.id === undefined) return `database '${ref.database.id}'`;
  return `${KINDS[ref.collection.id ?? ''] ?? 'collection'} '${ref.id}'`;
}
