/**
 * Pull source of bytes. `null` ends it. A rejection means that the bytes are not what was promised: keep nothing. A buffer is the
 * reader's from then on, and the source must not look at it again.
 */
export interface ByteSource {
  read(): Promise<Buffer | null>;
}
