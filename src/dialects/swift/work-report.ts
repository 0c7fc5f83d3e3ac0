/**
 * Answers to requests that do many things: always 200 (or what the operation says), the truth in a report whose form Accept chooses
 * (nhn-openstack.md, sections 10.1 and 13). Work that takes long sends a space now and then, so that nobody between the client and
 * the server gives up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeXml } from '../../lib/xml-writer.ts';
import type { StreamedBody, WireHeaders } from '../kernel/wire.ts';
import { chooseType, type ListingType } from './listing-format.ts';
import { SwiftError, type SwiftStatus, statusLine } from './swift-errors.ts';

const types: readonly ListingType[] = ['text/plain', 'application/json', 'application/xml', 'text/xml'];
/** How long nothing may be sent (OpenStack Swift, `yield_frequency`). */
const KEEP_ALIVE_MILLIS = 10_000;

/** Undefined: no form that the client accepts, which the report itself says. */
export function chooseReportType(headers: WireHeaders): ListingType | undefined {
  try {
    return chooseType(headers.get('accept'), types);
  } catch (error) {
    if (error instanceof SwiftError) return undefined;
    throw error;
  }
}

/** A path as reports show it, quoted, and what was wrong with it. */
export type ReportedFailure = readonly [path: string, status: string];

export interface WorkReport {
  /** In JSON as given, in the other forms in the order of their names. */
  readonly members: Readonly<Record<string, string | number>>;
  readonly failures: readonly ReportedFailure[];
}

export function renderReport(
  { members, failures }: WorkReport,
  type: ListingType | undefined,
  root: 'delete' | 'extract' | 'upload',
): string {
  if (type === 'application/json') return JSON.stringify({ ...members, Errors: failures });
  const names = Object.keys(members).sort();
  if (type === 'application/xml' || type === 'text/xml') {
    const elements = names.map((name) => {
      const element = name.replaceAll(' ', '_').toLowerCase();
      return `<${element}>${escapeXml(`${members[name]}`)}</${element}>\n`;
    });
    const objects = failures.map(
      ([path, status]) =>
        `<object><name>${escapeXml(path)}</name><status>${escapeXml(status)}</status></object>\n`,
    );
    return `<${root}>\n${elements.join('')}<errors>\n${objects.join('')}</errors>\n</${root}>\n`;
  }
  const lines = names.map((name) => `${name}: ${members[name]}\n`);
  return `${lines.join('')}Errors:\n${failures.map(([path, status]) => `${path}, ${status}\n`).join('')}`;
}

/** Counts failures into the status that a report ends with: a server's fault weighs more than a client's. */
export class FailureList {
  readonly failures: ReportedFailure[] = [];
  #status: SwiftStatus = 400;

  add(path: string, status: SwiftStatus): void {
    if (status >= 500) this.#status = 502;
    this.failures.push([path, statusLine(status)]);
  }

  addText(path: string, status: SwiftStatus, text: string): void {
    if (status >= 500) this.#status = 502;
    this.failures.push([path, text]);
  }

  get status(): SwiftStatus {
    return this.#status;
  }
}

/**
 * The text that `work` comes to. Before it, a space (in XML the declaration) for every while that it takes, and then two line ends.
 * `isEager`: the first at once. The work is awaited also when nobody reads any more.
 */
export function keepAlive(
  work: Promise<string>,
  type: ListingType | undefined,
  { isEager }: { readonly isEager: boolean },
): StreamedBody {
  const isXml = type === 'application/xml' || type === 'text/xml';
  let sign = isXml ? '<?xml version="1.0" encoding="UTF-8"?>\n' : ' ';
  let separator = '';
  let isDone = false;
  let isDue = isEager;
  // Whoever reads awaits it; a failure must not count as unhandled while nobody does.
  work.catch(() => undefined);
  return {
    size: undefined,
    async read() {
      if (isDone) return null;
      const waiting = new AbortController();
      const pause = isDue ? undefined : sleep(KEEP_ALIVE_MILLIS, undefined, { signal: waiting.signal });
      const text = isDue ? undefined : await Promise.race([work, pause]);
      isDue = false;
      waiting.abort();
      pause?.catch(() => undefined);
      if (text === undefined) {
        const sent = Buffer.from(sign);
        [sign, separator] = [' ', '\r\n\r\n'];
        return sent;
      }
      isDone = true;
      return Buffer.from(separator + text);
    },
    async close() {
      await work.catch(() => undefined);
    },
  };
}
