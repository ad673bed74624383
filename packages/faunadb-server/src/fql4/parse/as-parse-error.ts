import { Failure } from '../../values/failure.js';

/** Any error inside an escape makes the query unreadable. */
export function asParseError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.errors.map((e) => ({ ...e, code: 'invalid expression', rank: 'parse', kind: 'invalid' })));
  }
}
