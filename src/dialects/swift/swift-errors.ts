/**
 * Every status this dialect answers failures with: its title and a sentence for those who have nothing more precise to say
 * (nhn-openstack.md, section 2.3). Clients read the status; the body is for people.
 */
import { StacklessError } from '../../lib/stackless-error.ts';

const catalogue = {
  304: { title: 'Not Modified', explanation: '' },
  400: { title: 'Bad Request', explanation: 'The server cannot make sense of the request.' },
  401: {
    title: 'Unauthorized',
    explanation: 'Access to this needs a valid token, or a container that is open to everybody.',
  },
  403: { title: 'Forbidden', explanation: 'This is not open to you.' },
  404: { title: 'Not Found', explanation: 'There is nothing of that name.' },
  405: { title: 'Method Not Allowed', explanation: 'This does not take the method.' },
  406: { title: 'Not Acceptable', explanation: 'There is no form of this that the request accepts.' },
  408: { title: 'Request Timeout', explanation: 'The request was too slow to arrive.' },
  409: { title: 'Conflict', explanation: 'What is there does not allow the request.' },
  411: { title: 'Length Required', explanation: 'The request must say how long its body is.' },
  412: { title: 'Precondition Failed', explanation: 'A condition of the request does not hold.' },
  413: { title: 'Request Entity Too Large', explanation: 'The body of the request is too large.' },
  414: { title: 'Request-URI Too Long', explanation: 'The target of the request is too long.' },
  416: {
    title: 'Requested Range Not Satisfiable',
    explanation: 'Nothing of the object lies in the range.',
  },
  422: { title: 'Unprocessable Entity', explanation: 'The content is not what the request promised.' },
  429: { title: 'Too Many Requests', explanation: 'Slow down.' },
  498: { title: 'Rate Limited', explanation: 'Slow down.' },
  499: { title: 'Client Disconnect', explanation: 'The client went away in the middle of the request.' },
  500: { title: 'Internal Error', explanation: 'The server has failed. It has kept a note of it.' },
  501: { title: 'Not Implemented', explanation: 'The server cannot do that.' },
  502: { title: 'Bad Gateway', explanation: 'A part of the work has failed in the server.' },
  503: { title: 'Service Unavailable', explanation: 'The server cannot do that just now. Try again.' },
  507: { title: 'Insufficient Storage', explanation: 'The server has no room left for this.' },
} as const;

export type SwiftStatus = keyof typeof catalogue;

export class SwiftError extends StacklessError {
  override readonly name = 'SwiftError';
  readonly status: SwiftStatus;
  /** One line for people instead of the document; undefined: the document of the status. */
  readonly text: string | undefined;
  /** Flat list: name, value, name, value; with Content-Type where it is not the usual one. */
  readonly headers: readonly string[];

  constructor(status: SwiftStatus, text?: string, headers: readonly string[] = []) {
    super(text ?? catalogue[status].title);
    this.status = status;
    this.text = text;
    this.headers = headers;
  }
}

/** `<html><h1>…</h1><p>…</p></html>`, without a line end. */
export function errorDocument(status: SwiftStatus): string {
  const { title, explanation } = catalogue[status];
  return `<html><h1>${title}</h1><p>${explanation}</p></html>`;
}

/** `404 Not Found`, as reports inside a body have it. */
export function statusLine(status: SwiftStatus): string {
  return `${status} ${catalogue[status].title}`;
}

/** Title and explanation on lines of their own, as reports inside a body have them. */
export function reasonOf(status: SwiftStatus): string {
  const { title, explanation } = catalogue[status];
  return `${title}\n${explanation}`;
}
