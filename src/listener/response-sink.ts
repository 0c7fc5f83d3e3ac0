/** Where a response goes: through Node's HTTP server, or plainly into a socket. */
export interface ResponseSink {
  /** Nobody takes anything any more. */
  readonly destroyed: boolean;
  /**
   * Sends nothing yet. `fields`: name, value, name, value; text that is not ASCII leaves as UTF-8. `length`: of the Content-Length;
   * undefined: not known, or none is due. Throws when a field holds what no header may hold.
   */
  writeHead(status: number, fields: readonly string[], length: number | undefined, mustClose: boolean): void;
  /** Whether more may be written before `drain`. The chunk is the sink's from then on, and loses its bytes once they are sent. */
  write(chunk: Buffer): boolean;
  /** As `write`, then `end`: one write, as far as it can be one. */
  endWith(chunk: Buffer): void;
  /** Text leaves as UTF-8. A buffer stays whose it is. */
  end(body?: string | Buffer): void;
  /** Cuts the connection off. */
  destroy(): void;
  on(event: 'drain' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
}
