import { trim } from '@supertokens-faunadb/java/text';
import { NANOS_PER_SECOND } from '@supertokens-faunadb/java/time';

/** A unit of time as queries name it, such as `half days`. */
export interface TimeUnit {
  /** As it was written in the query, which errors repeat. */
  readonly text: string;
  readonly nanos: bigint;
  /** Whether dates can be counted in it. */
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

/** The unit that a text names in the singular or the plural, spaces around it aside, or `undefined`. */
export function timeUnit(text: string): TimeUnit | undefined {
  const unit = UNITS.get(trim(text));
  return unit && { text, ...unit };
}
