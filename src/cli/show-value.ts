/**
 * Values in tables. For people: sizes and times as they are spoken of, and columns that line up also where letters are two
 * cells wide. For pipes: whole numbers of bytes and ISO times, so that nothing has to be undone.
 */

export type ValueKind = 'text' | 'bytes' | 'count' | 'time' | 'duration';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const KIBI = 1024;

/** `forPerson`: standard output is a terminal. Control characters never reach it: names of objects may hold any. */
export function showValue(value: unknown, kind: ValueKind, forPerson: boolean): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (forPerson && typeof value === 'number') {
    if (kind === 'bytes') return showBytes(value);
    if (kind === 'duration') return showDuration(value);
    if (kind === 'count') return value.toLocaleString('en-US');
  }
  if (forPerson && kind === 'time' && typeof value === 'string') return showTime(value);
  return escapeControls(String(value));
}

/** `1.2 MiB`: three digits at most, binary units. */
export function showBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  // 1,023.9 KiB would be shown as 1024 KiB.
  while (Math.abs(size) >= KIBI - 0.5 && unit < UNITS.length - 1) {
    size /= KIBI;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(size) >= 9.95 ? 0 : 1;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}

/** `3 d 4 h`: the two largest units. */
export function showDuration(seconds: number): string {
  const parts: readonly (readonly [string, number])[] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', Math.floor(seconds) % 60],
  ];
  const first = parts.findIndex(([, count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([, count]) => count > 0);
  return shown.map(([unit, count]) => `${count} ${unit}`).join(' ');
}

/** Of ISO 8601: `2026-11-21 07:15:30`, in the time zone of whoever reads it. */
function showTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return escapeControls(text);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
  });
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** Cells of a terminal: letters of East Asian scripts and emoji take two (Unicode Standard Annex 11, simplified). */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) {
    if (WITHOUT_WIDTH.test(character)) continue;
    cells += WIDE.test(character) ? 2 : 1;
  }
  return cells;
}
