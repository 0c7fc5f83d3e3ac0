/**
 * JSON lines on stderr, so that stdout stays readable for people; on a terminal, lines for people there too. Events are written at once: the last words before an
 * exit matter most. Calls are collected and written a few kilobytes at a time, since a line of its own would cost a third of
 * a small request; when nobody reads them they are dropped rather than kept or waited for.
 */
import { isatty } from 'node:tty';
import { destination, type Logger, type LoggerOptions, pino } from 'pino';
import pinoPretty from 'pino-pretty';
import type { LogLevel } from '../config/config.ts';
import { processLimits } from '../config/limits.ts';

/** POSIX: a write of at most this size to a pipe is not mixed with those of other processes. Linux has 4096. */
const ATOMIC_WRITE_BYTES = 4096;

const STDERR = 2;

function optionsFor(level: LogLevel, processName: string): LoggerOptions {
  return {
    level,
    base: { process: processName, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
}

export function createLogger(level: LogLevel, processName: string): Logger {
  const output = isatty(STDERR) ? linesForPeople() : destination({ dest: STDERR, sync: true });
  return pino(optionsFor(level, processName), output);
}

function linesForPeople() {
  return pinoPretty({
    destination: STDERR,
    sync: true,
    ignore: 'pid,process',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
}

/** What it holds is written now and then, and when the process exits. */
export function createCallLogger(level: LogLevel, processName: string): Logger {
  if (isatty(STDERR)) return createLogger(level, processName);
  const output = destination({
    dest: STDERR,
    sync: false,
    minLength: ATOMIC_WRITE_BYTES / 2,
    maxWrite: ATOMIC_WRITE_BYTES,
    maxLength: processLimits.callLogBytesMax,
  });
  setInterval(() => output.flush(), processLimits.callLogMillis).unref();
  return pino(optionsFor(level, processName), output);
}
