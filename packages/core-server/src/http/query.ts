import { parseInteger } from '@supertokens-faunadb/java/numbers';
import { trim } from '@supertokens-faunadb/java/text';
import { BadRequest } from '../common/errors.js';

/** The parameters of a query string. Of several with the same name, the first counts. */
export class Query {
  readonly #values = new Map<string, string>();

  /** @throws BadRequest when an escape is not UTF-8, or a parameter has a value but no name */
  constructor(query: string) {
    for (const chunk of query.split('&')) {
      if (chunk === '') continue;
      const equals = chunk.indexOf('=');
      const name = decode(equals === -1 ? chunk : chunk.slice(0, equals));
      if (name === '') throw new BadRequest(`Query parameter '${chunk}' has no name`);
      if (!this.#values.has(name)) this.#values.set(name, equals === -1 ? '' : decode(chunk.slice(equals + 1)));
    }
  }

  optional(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws BadRequest when it is absent */
  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new BadRequest(`Field name '${name}' is missing in GET request`);
    return value;
  }

  /** True if the parameter is `true` or absent. */
  flag(name: string): boolean {
    const value = this.#values.get(name);
    return value === undefined || value.toLowerCase() === 'true';
  }

  /** The non-empty values of a list separated by commas. */
  list(name: string): string[] {
    const value = this.#values.get(name) ?? '';
    return value
      .split(',')
      .map(trim)
      .filter((item) => item !== '');
  }

  /** @throws BadRequest when the value is not a whole number; `unit` is its name in the message */
  integer(name: string, unit: 'int' | 'long'): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const number = parseInteger(value, unit === 'int' ? 32 : 64);
    if (number === undefined) {
      throw new BadRequest(`Field name '${name}' must be ${unit === 'int' ? 'an' : 'a'} ${unit} in the GET request`);
    }
    return Number(number);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new BadRequest(`Query parameter '${text}' is not valid percent-encoded UTF-8`);
  }
}
