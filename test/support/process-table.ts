/** Processes of the machine, as the kernel lists them. */
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Process ids of the children of a process. */
export function childrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child = 0]) => child);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks again until the answer is yes. Rejects when it takes too long. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  millisMax = 10_000,
): Promise<void> {
  for (let waited = 0; !(await check()); waited += 25) {
    if (waited >= millisMax) throw new Error(`not within ${millisMax} ms: ${what}`);
    await pause(25);
  }
}
