/** Every operation of the console's own: routing, documentation and the coverage check all read this. */
import type { ConsoleOperation } from './console-call.ts';
import { createLink } from './operations/create-link.ts';
import { createSession } from './operations/create-session.ts';
import { deleteSession } from './operations/delete-session.ts';
import { getConsoleFile } from './operations/get-console-file.ts';
import { getSession } from './operations/get-session.ts';

export const operations: readonly ConsoleOperation[] = [
  getConsoleFile,
  createSession,
  getSession,
  deleteSession,
  createLink,
];
