/**
 * Makes every flush of the server's workers begin late, from outside (strace), so that the time between an answer and its
 * flush, where a server answers too early, is long enough to be hit. `failFlushes` makes them fail instead.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const DELAY_MICROS = 30_000;
const ATTACH_MILLIS_MAX = 10_000;

export interface TamperedFlushes {
  stop(): void;
}

/** Resolves when all workers are under way with it; undefined where processes may not be traced. */
export function slowFlushes(primaryPid: number): Promise<TamperedFlushes | undefined> {
  return tamper(primaryPid, `delay_enter=${DELAY_MICROS}`);
}

export function failFlushes(primaryPid: number): Promise<TamperedFlushes | undefined> {
  return tamper(primaryPid, 'error=EIO');
}

async function tamper(primaryPid: number, injection: string): Promise<TamperedFlushes | undefined> {
  const children = readFileSync(`/proc/${primaryPid}/task/${primaryPid}/children`, 'utf8').trim().split(' ');
  const calls = 'fdatasync,fsync,msync';
  const args = ['-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:${injection}`];
  const tracer = spawn('strace', [...args, ...children.flatMap((pid) => ['-p', pid])], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const isAttached = await untilAttached(tracer, children.length);
  if (isAttached) return { stop: () => tracer.kill() };
  tracer.kill();
  return undefined;
}

function untilAttached(tracer: ChildProcess, processes: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ATTACH_MILLIS_MAX);
  let text = '';
  tracer.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    if ([...text.matchAll(/attached/g)].length >= processes) resolve(true);
  });
  tracer.once('error', () => resolve(false));
  tracer.once('exit', () => resolve(false));
  return promise.finally(() => clearTimeout(timer));
}
