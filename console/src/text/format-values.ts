/** Numbers, sizes and times as people read them, in the page's language. */
import type { Language } from './language.ts';

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function formatBytes(bytes: number, language: Language): string {
  if (bytes < 1024) return `${formatNumber(bytes, language)} B`;
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${UNITS[unit]}`;
}

export function formatNumber(value: number, language: Language): string {
  return value.toLocaleString(language);
}

/** `time`: ISO 8601 or what `Date` reads. */
export function formatTime(time: string | number, language: Language): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  return date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
}
