/** Timestamps of AWS signatures: ISO 8601 basic format in UTC, `20130524T000000Z`, to the second. */

const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const SCOPE_DATE = /^(\d{4})(\d\d)(\d\d)$/;

/** Microseconds since the epoch; undefined when it is no such timestamp or no such day. */
export function parseAmzTimestamp(text: string): number | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number) as [number, ...number[]];
  const millis = Date.UTC(year!, month! - 1, day, hour, minute, second);
  return formatAmzTimestamp(millis * 1000) === text ? millis * 1000 : undefined;
}

export function formatAmzTimestamp(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Whether the text is a day as credentials name it, `20130524`. */
export function isScopeDate(text: string): boolean {
  return SCOPE_DATE.test(text) && parseAmzTimestamp(`${text}T000000Z`) !== undefined;
}
