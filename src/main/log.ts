// The logger of the main thread: readable lines on a terminal, JSON lines anywhere else, always on stdout. The only place
// of pino. Workers do not log through it directly.
import { createRequire } from 'node:module';
import { pino } from 'pino';
import type { LogLevel } from '../protocol/options.js';
import { plainWhenRead } from '../protocol/plain-text.js';

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
  // Only here, since loading it takes time that a start without a terminal need not take.
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  const printed = pretty({
    sync: true,
    destination: 1,
    colorize: process.stdout.hasColors(),
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return { write: (line) => void printed.write(plainWhenRead(line)) };
}
