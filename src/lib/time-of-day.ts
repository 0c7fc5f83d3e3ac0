const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `hh:mm:ss` of a second of a day, 0 to 86,399. */
export function formatTimeOfDay(secondOfDay: number): string {
  const seconds = secondOfDay % 60;
  const rest = (secondOfDay - seconds) / 60;
  const minutes = rest % 60;
  const hours = (rest - minutes) / 60;
  return `${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[seconds]}`;
}
