/**
 * The first byte of every record is the format it was written in. A record of a newer format is refused in words: an
 * older server must not guess at what a newer one has stored.
 */

/** A stored record that this version cannot read. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** Throws `UnreadableRecord` unless the record was written in a format from 1 to `formatMax`. */
export function checkFormat(record: Buffer, formatMax: number, what: string): void {
  const format = record[0];
  if (format !== undefined && format >= 1 && format <= formatMax) return;
  throw new UnreadableRecord(
    format === undefined || format === 0
      ? `a stored ${what} record is empty or has no format`
      : `a stored ${what} record has format ${format}, but this version of Gotgan reads formats up to ${formatMax}: ` +
          'start the version that wrote it, or a newer one',
  );
}

const JSON_FORMAT = 1;

/** Records that are not on a hot path: the format byte, then JSON. */
export function encodeJsonRecord(value: unknown, format = JSON_FORMAT): Buffer {
  const json = JSON.stringify(value);
  const record = Buffer.allocUnsafe(1 + Buffer.byteLength(json));
  record[0] = format;
  record.write(json, 1);
  return record;
}

/** The value that `encodeJsonRecord` was given; the caller knows its type from the key. */
export function decodeJsonRecord<T>(record: Buffer, what: string, formatMax = JSON_FORMAT): T {
  checkFormat(record, formatMax, what);
  return JSON.parse(record.toString('utf8', 1)) as T;
}
