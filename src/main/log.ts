// The logger of the main thread: readable lines on a terminal, JSON lines anywhere else, always on stdout. The only place
// of pino. Workers do not log through it directly.
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from '../protocol/options.js';

export type Logger = pino.Logger;

/** Wherever a line's credentials could be part of what is logged. */
const SECRETS = ['', '*.', 'hops[*].', '*.hops[*].', 'lines[*].hops[*].', '*.lines[*].hops[*].'];

/** Writes at once, so that nothing is lost when the process ends. `destination` replaces stdout. */
export function createLogger(level: LogLevel, destination?: pino.DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.map((parent) => `${parent}password`), censor: '***' },
    },
    destination ?? (process.stdout.isTTY ? terminal() : pino.destination({ dest: 1, sync: true })),
  );
}

function terminal(): pino.DestinationStream {
  return pretty({
    sync: true,
    destination: 1,
    colorize: process.stdout.hasColors(),
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
}
