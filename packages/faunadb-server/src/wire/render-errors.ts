import type { FieldFailure, FqlError } from '../language/failure.js';
import { path } from '../language/position.js';
import { quoted } from './render.js';

const RANKS = { parse: 3, argument: 2, permission: 1, other: 0 } as const;

/** The body of an answer that refuses. */
export function renderErrors(errors: readonly FqlError[]): string {
  return `{"errors":[${errors.map(renderError).join(',')}]}`;
}

function renderError({ position, code, description, failures, cause }: FqlError): string {
  const fields = [
    // What is wrong with a request as a whole has no place.
    ...(code === 'bad request' ? [] : [`"position":[${path(position).map(step)}]`]),
    `"code":${JSON.stringify(code)}`,
    `"description":${quoted(description)}`,
  ];
  if (failures && failures.length > 0) fields.push(`"failures":[${failures.map(renderFailure).join(',')}]`);
  if (cause && cause.length > 0) fields.push(`"cause":[${cause.map(renderError).join(',')}]`);
  return `{${fields.join(',')}}`;
}

function renderFailure({ field, code, description }: FieldFailure): string {
  const names = field.map((name) => quoted(String(name)));
  return `{"field":[${names}],"code":${JSON.stringify(code)},"description":${quoted(description)}}`;
}

function step(at: string | number): string {
  return typeof at === 'number' ? String(at) : quoted(at);
}

/** The HTTP status of an answer with several errors: that of the gravest, the first of these. */
export function statusOf(errors: readonly FqlError[]): number {
  let gravest = errors[0]!;
  for (const error of errors) if (RANKS[error.rank] > RANKS[gravest.rank]) gravest = error;
  return gravest.status;
}
