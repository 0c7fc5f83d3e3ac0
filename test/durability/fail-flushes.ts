/** Makes the flushes of a running server fail from outside (strace), those of the metadata store's own threads included. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ATTACH_MILLIS_MAX = 10_000;
const CALLS = 'fdatasync,fsync,msync';

export interface FailingFlushes {
  stop(): void;
}

/** Resolves when all workers have come to it; undefined where processes may not be traced. */
export async function failFlushes(primaryPid: number): Promise<FailingFlushes | undefined> {
  const children = readFileSync(`/proc/${primaryPid}/task/${primaryPid}/children`, 'utf8').trim().split(' ');
  const args = ['-f', '-o', '/dev/null', '-e', `trace=${CALLS}`, '-e', `inject=${CALLS}:error=EIO`];
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
