import { trim } from '@supertokens-faunadb/java/text';
import { NANOS_PER_SECOND } from '@supertokens-faunadb/java/time';

/** A unit of time in queries, such as `half days`. */
export interface TimeUnit {
  /** As written in the query: errors repeat it. */
  readonly text: string;
  readonly nanos: bigint;
  /** Whether it can count dates. */
  readonly ofDates: boolean;
}

const NANOS: Readonly<Record<string, bigint>> = {
  day: 86_400n * NANOS_PER_SECOND,
  'half day': 43_200n * NANOS_PER_SECOND,
  hour: 3_600n * NANOS_PER_SECOND,
  minute: 60n * NANOS_PER_SECOND,
  second: NANOS_PER_SECOND,
  millisecond: 1_000_000n,
  microsecond: 1_000n,
  nanosecond: 1n,
};

const UNITS = new Map(
  Object.entries(NANOS).flatMap(([name, nanos]) => {
    const unit = { nanos, ofDates: name === 'day' };
    return [
      [name, unit],
      [`${name}s`, unit],
    ] as const;
  }),
);

/** Parses a unit in the singular or plural, ignoring surrounding spaces; `undefined` if the text is not one. */
export function timeUnit(text: string): TimeUnit | undefined {
  const unit = UNITS.get(trim(text));
  return unit && { text, ...unit };
}
