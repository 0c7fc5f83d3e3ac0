/** A policy document that is refused, and why: what is wrong, in which statement, and the part that is. */

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** The offending part of the document, where there is one. */
  readonly detail: string | undefined;

  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}

/** Where in the document: told to people, so statements count from 1. */
export interface PolicyPlace {
  readonly index: number;
  readonly sid: string | undefined;
}

export function faultIn({ index, sid }: PolicyPlace, fault: string, detail?: unknown): PolicyError {
  const named = sid === undefined ? '' : ` (${JSON.stringify(shorten(sid))})`;
  const shown = detail === undefined ? undefined : shorten(JSON.stringify(detail));
  const message = `${fault}: statement ${index + 1}${named}${shown === undefined ? '' : `, ${shown}`}`;
  return new PolicyError(message, shown);
}

const SHOWN_MAX = 200;

function shorten(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}
