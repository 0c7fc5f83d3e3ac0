import type { WireHeaders } from '../dialects/kernel/wire.ts';
import { decodeHeaderText } from './header-text.ts';

/** Header fields as they come off the wire: values are latin1 until they are asked for. */
export class IncomingHeaders implements WireHeaders {
  readonly #values = new Map<string, string>();
  /** Nothing is to be decoded. */
  readonly #isAscii: boolean;
  /** How many fields carried a name, where they were several. */
  #repeated: Map<string, number> | undefined;

  /** `isAsciiHead`: all bytes are known to be ASCII, so that no value needs to be looked through. */
  constructor(isAsciiHead: boolean) {
    this.#isAscii = isAsciiHead;
  }

  /** `name` in lower case. */
  add(name: string, value: string): void {
    const earlier = this.#values.get(name);
    if (earlier === undefined) {
      this.#values.set(name, value);
      return;
    }
    this.#values.set(name, `${earlier},${value}`);
    this.#repeated ??= new Map();
    this.#repeated.set(name, (this.#repeated.get(name) ?? 1) + 1);
  }

  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || this.#isAscii ? value : decodeHeaderText(value);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  count(name: string): number {
    return this.#repeated?.get(name) ?? (this.#values.has(name) ? 1 : 0);
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }

  /** A target in absolute form names the host, whatever the field says (RFC 9112, section 3.2.2); so does a trusted proxy. */
  replaceHost(host: string): void {
    this.#values.set('host', host);
  }
}
