// Why a request about the schema is refused.
import type { RuntimeFailure } from '../evaluate/failures.js';
import { type Diagnostic, render } from '../parse/diagnostic.js';

export type Refusal = 'invalid' | 'forbidden' | 'missing' | 'conflict' | 'method';

/** Thrown to end a request about the schema; nothing that it has written is kept. */
export class SchemaFailure extends Error {
  static override stackTraceLimit = 0;
  constructor(
    readonly refusal: Refusal,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (message: string): SchemaFailure => new SchemaFailure('invalid', message);
export const missing = (): SchemaFailure => new SchemaFailure('missing', 'Not found');
export const forbidden = (): SchemaFailure => new SchemaFailure('forbidden', 'Access denied');
export const wrongMethod = (): SchemaFailure => new SchemaFailure('method', 'Method not allowed');

/** Errors in files, one after another. */
export const invalidFiles = (errors: readonly (Diagnostic | string)[]): SchemaFailure =>
  invalid(errors.map((each) => (typeof each === 'string' ? each : render(each))).join('\n'));

/** The message of an error that a query would have answered. */
export function messageOf(failure: RuntimeFailure): string {
  return failure.diagnostic(() => true)?.message ?? failure.message;
}
