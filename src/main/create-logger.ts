import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from '../config/config.ts';

/**
 * JSON lines on stderr, so that stdout stays readable for people. Written line by line: several processes share the pipe,
 * and the last words before an exit matter most.
 */
export function createLogger(level: LogLevel, name: string): Logger {
  const options = {
    level,
    base: { process: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(
    { ...options, formatters: { level: (label) => ({ level: label }) } },
    destination({ dest: 2, sync: true }),
  );
}
