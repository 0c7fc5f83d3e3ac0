/** The built console (`console/dist`), read into memory when somebody first asks for it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { ConsoleFile } from '../dialects/console/console-call.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const PAGE = 'index.html';
/** What Vite names after its content. */
const IMMUTABLE_FOLDER = 'assets/';

/** From sources and from the published package alike. */
const builtConsole = join(import.meta.dirname, '..', '..', 'console', 'dist');

export function createConsoleFiles(folder = builtConsole): (path: string) => ConsoleFile | undefined {
  let files: ReadonlyMap<string, ConsoleFile> | undefined;
  return (path) => {
    if (files === undefined || files.size === 0) files = readFolder(folder);
    return files.get(path === '' ? PAGE : path);
  };
}

function readFolder(folder: string): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  if (!existsSync(join(folder, PAGE))) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const contentType = contentTypes[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    const bytes = readFileSync(path);
    const encodings = new Map<'identity' | 'br' | 'gzip', Buffer>([['identity', bytes]]);
    for (const [coding, suffix] of [
      ['br', '.br'],
      ['gzip', '.gz'],
    ] as const) {
      if (existsSync(path + suffix)) encodings.set(coding, readFileSync(path + suffix));
    }
    files.set(name, {
      contentType,
      encodings,
      etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
      isImmutable: name.startsWith(IMMUTABLE_FOLDER),
    });
  }
  return files;
}
