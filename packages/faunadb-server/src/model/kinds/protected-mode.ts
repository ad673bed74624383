import { schemaValidationFailed } from '../../values/errors.js';
import type { Failure } from '../../values/failure.js';
import type { Position } from '../../values/position.js';
import type { ObjectValue } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

// A `protected` database refuses schema changes that would lose documents.

/** The error that refuses a change, if the database is protected. */
export function refusalOf(
  context: ModelContext,
  scope: number,
  what: string,
  position: Position | undefined,
): Failure | undefined {
  return context.model.schema(scope).isProtected ? schemaValidationFailed([message(what)], position) : undefined;
}

/**
 * Refuses to shorten the history or the lifetime of a collection's documents.
 *
 * @throws {Failure} with an error for each of the two, in FaunaDB's words: an added `ttl_days` is called removed
 */
export function refuseToKeepLess(before: ObjectValue, after: ObjectValue, position: Position | undefined): void {
  const days = (data: ObjectValue, field: string) => (data.fields.get(field) ?? undefined) as bigint | undefined;
  const refused: string[] = [];
  const [history, nextHistory] = [days(before, 'history_days'), days(after, 'history_days')];
  if (history !== undefined && nextHistory === undefined) refused.push('Cannot remove `history_days` field');
  else if (history !== undefined && nextHistory! < history) refused.push('Cannot decrease `history_days` field');
  const [ttl, nextTtl] = [days(before, 'ttl_days'), days(after, 'ttl_days')];
  if (ttl === undefined && nextTtl !== undefined) refused.push('Cannot remove `ttl_days` field');
  else if (ttl !== undefined && nextTtl !== undefined && nextTtl < ttl)
    refused.push('Cannot decrease `ttl_days` field');
  if (refused.length > 0) throw schemaValidationFailed(refused.map(message), position);
}

const message = (what: string) => `${what}: destructive change forbidden because database is in protected mode.`;
