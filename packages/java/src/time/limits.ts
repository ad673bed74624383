/** Nanoseconds in a second. */
export const NANOS_PER_SECOND = 1_000_000_000n;

/** Nanoseconds in a day of 24 hours: the time scale has no leap seconds. */
export const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;

/** The first time there is, -1000000000-01-01T00:00:00Z, in nanoseconds since 1970 (that of `java.time.Instant`). */
export const MIN_NANOS = -31_557_014_167_219_200n * NANOS_PER_SECOND;

/** The last time there is, +1000000000-12-31T23:59:59.999999999Z. */
export const MAX_NANOS = 31_556_889_864_403_200n * NANOS_PER_SECOND - 1n;

/** The first date there is, -999999999-01-01, in days since 1970 (that of `java.time.LocalDate`). */
export const MIN_DAY = -365_243_219_162;

/** The last date there is, +999999999-12-31. */
export const MAX_DAY = 365_241_780_471;

/** How the server words that a result lies beyond these limits. */
export const TIME_LIMITS = 'between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z';
