/** Nanoseconds in a second. */
export const NANOS_PER_SECOND = 1_000_000_000n;

/** Nanoseconds in a day of 24 hours: there are no leap seconds. */
export const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;

/** The earliest time, -1000000000-01-01T00:00:00Z, in nanoseconds since 1970 (that of `java.time.Instant`). */
export const MIN_NANOS = -31_557_014_167_219_200n * NANOS_PER_SECOND;

/** The latest time, +1000000000-12-31T23:59:59.999999999Z. */
export const MAX_NANOS = 31_556_889_864_403_200n * NANOS_PER_SECOND - 1n;

/** The earliest date, -999999999-01-01, in days since 1970 (that of `java.time.LocalDate`). */
export const MIN_DAY = -365_243_219_162;

/** The latest date, +999999999-12-31. */
export const MAX_DAY = 365_241_780_471;

/** How the server describes these limits in an error. */
export const TIME_LIMITS = 'between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z';
