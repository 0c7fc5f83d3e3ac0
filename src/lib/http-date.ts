/**
 * Dates of HTTP (RFC 9110, section 5.6.7): IMF-fixdate is written; the two obsolete forms are read as well, since a
 * recipient must. Microseconds since the epoch inside; the wire has whole seconds.
 */
import { formatTimeOfDay } from './time-of-day.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun, 06 Nov 1994 08:49:37 GMT`; numeric zones of zero and `UTC` are what some mail libraries write. */
const FIXDATE =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|[+-]0000)$/;
/** `Sunday, 06-Nov-94 08:49:37 GMT`. */
const RFC_850 = /^[A-Z][a-z]+day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
/** `Sun Nov  6 08:49:37 1994`. */
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

const DAY_SECONDS = 86_400;

let lastDay = Number.NaN;
let lastDate = '';

/** Fractions of a second are cut off. Every answer about an object shows one, and objects written together share their day. */
export function formatHttpDate(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  const day = Math.floor(second / DAY_SECONDS);
  if (day !== lastDay) {
    lastDate = new Date(day * DAY_SECONDS * 1000).toUTCString().slice(0, -'00:00:00 GMT'.length);
    lastDay = day;
  }
  return `${lastDate}${formatTimeOfDay(second - day * DAY_SECONDS)} GMT`;
}

/**
 * Undefined when it is not a date: RFC 9110 wants conditions with such dates ignored. Two-digit years from 70 on belong
 * to the last century (POSIX), so that reading needs no clock.
 */
export function parseHttpDate(text: string): number | undefined {
  const fixdate = FIXDATE.exec(text);
  if (fixdate !== null) {
    const [, day, month, year, hour, minute, second] = fixdate;
    return toMicros(year, month, day, [hour, minute, second]);
  }
  const rfc850 = RFC_850.exec(text);
  if (rfc850 !== null) {
    const [, day, month, shortYear, hour, minute, second] = rfc850;
    const year = `${Number(shortYear) < 70 ? 20 : 19}${shortYear}`;
    return toMicros(year, month, day, [hour, minute, second]);
  }
  const asctime = ASCTIME.exec(text);
  if (asctime === null) return undefined;
  const [, month, day, hour, minute, second, year] = asctime;
  return toMicros(year, month, day, [hour, minute, second]);
}

function toMicros(
  yearText: string | undefined,
  monthName: string | undefined,
  dayText: string | undefined,
  timeTexts: readonly (string | undefined)[],
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? '');
  const [year, day] = [Number(yearText), Number(dayText)];
  const [hour = 0, minute = 0, second = 0] = timeTexts.map(Number);
  // A leap second (60) is read as the first second after it.
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month, day);
  if (midnight.getUTCDate() !== day || midnight.getUTCMonth() !== month) return undefined;
  return (midnight.getTime() + (hour * 3600 + minute * 60 + second) * 1000) * 1000;
}
