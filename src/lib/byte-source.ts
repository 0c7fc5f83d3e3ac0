/** Pull source of bytes. `null` ends it. A rejection means that the bytes are not what was promised: keep nothing. */
export interface ByteSource {
  read(): Promise<Buffer | null>;
}
