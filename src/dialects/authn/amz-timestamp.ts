/** Timestamps of AWS signatures: ISO 8601 basic format in UTC, `20130524T000000Z`, to the second. */

const TIMESTAMP = /^\d{8}T\d{6}Z$/;
const SCOPE_DATE = /^\d{8}$/;

/** Microseconds since the epoch; undefined when it is no such timestamp or no such day. */
export function parseAmzTimestamp(text: string): number | undefined {
  if (!TIMESTAMP.test(text)) return undefined;
  const midnight = midnightOf(text);
  const [hour, minute, second] = [digitsAt(text, 9, 11), digitsAt(text, 11, 13), digitsAt(text, 13, 15)];
  if (midnight === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  return (midnight + (hour * 3600 + minute * 60 + second) * 1000) * 1000;
}

export function formatAmzTimestamp(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Whether the text is a day as credentials name it, `20130524`. */
export function isScopeDate(text: string): boolean {
  return SCOPE_DATE.test(text) && midnightOf(text) !== undefined;
}

/** Milliseconds since the epoch of the day `YYYYMMDD` that the text begins with; undefined when there is no such day. */
function midnightOf(text: string): number | undefined {
  const [year, month, day] = [digitsAt(text, 0, 4), digitsAt(text, 4, 6), digitsAt(text, 6, 8)];
  // `Date.UTC` takes years below 100 for years of the last century.
  if (year < 100 || month < 1 || month > 12 || day < 1) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  const isBeyondMonth = day > 28 && midnight >= Date.UTC(year, month, 1);
  return isBeyondMonth ? undefined : midnight;
}

function digitsAt(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) value = value * 10 + text.charCodeAt(index) - 0x30;
  return value;
}
