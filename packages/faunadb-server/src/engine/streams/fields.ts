import { Failure } from '../../values/failure.js';

/** The fields that an event can have. */
const FIELDS = ['action', 'document', 'diff', 'prev', 'index'] as const;
export type EventField = (typeof FIELDS)[number];

const DEFAULT_FIELDS: ReadonlySet<EventField> = new Set(['action', 'document']);

/**
 * Reads the request parameter `fields`: names, separated by commas. Further commas at its end are ignored, as the Go driver
 * sends one.
 *
 * @throws {Failure} with an error for each unknown name.
 */
export function parseFields(text: string | undefined): ReadonlySet<EventField> {
  if (text === undefined) return DEFAULT_FIELDS;
  const parts = text.split(',');
  while (text !== '' && parts.at(-1) === '') parts.pop();
  const names = parts.map((name) => name.trim());
  const wrong = names.filter((name) => !(FIELDS as readonly string[]).includes(name));
  if (wrong.length === 0) return new Set(names as EventField[]);
  throw new Failure(
    wrong.map((name) => ({
      rank: 'other',
      kind: 'invalid',
      code: 'invalid url parameter',
      description: `Invalid url parameter fields. Invalid field name '${name}'.`,
      position: undefined,
    })),
  );
}
