/** A date of the proleptic Gregorian calendar; `month` and `day` count from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAYS_PER_CYCLE = 146_097;
const DAYS_0000_TO_1970 = 719_528;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Whether the year has a 29th of February. */
function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The number of days of a month, 1 to 12. */
export function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a date. */
export function dayOf({ year, month, day }: CalendarDate): number {
  const y = year - 1;
  const beforeYear = 365 * year + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + 1;
  return beforeYear + dayOfYear({ year, month, day }) - 1 - DAYS_0000_TO_1970;
}

/** The date that many days after 1970-01-01. */
export function dateOf(epochDay: number): CalendarDate {
  // Years start in March here, so that the leap day is the last day of a year.
  const day = epochDay + DAYS_0000_TO_1970 - 60;
  const cycle = Math.floor(day / DAYS_PER_CYCLE);
  const ofCycle = day - cycle * DAYS_PER_CYCLE;
  const yearOfCycle = Math.floor(
    (ofCycle - Math.floor(ofCycle / 1460) + Math.floor(ofCycle / 36_524) - Math.floor(ofCycle / 146_096)) / 365,
  );
  const ofYear = ofCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: 400 * cycle + yearOfCycle + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The day of the year of a date, from 1. */
export function dayOfYear({ year, month, day }: CalendarDate): number {
  return DAYS_BEFORE_MONTH[month - 1]! + (month > 2 && isLeapYear(year) ? 1 : 0) + day;
}

/** The day of the week, 1 (Monday) to 7 (Sunday), as ISO 8601 counts. */
export function dayOfWeek(epochDay: number): number {
  return ((((epochDay + 3) % 7) + 7) % 7) + 1;
}
