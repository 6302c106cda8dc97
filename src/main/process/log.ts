// The logger of the main thread: readable lines on a terminal, JSON lines elsewhere, always on stdout. No other file
// imports pino. Actors do not log through it directly (threads/log.ts), and log-writer.ts writes the lines.
import { createRequire } from 'node:module';
import { isatty, WriteStream } from 'node:tty';
import { pino } from 'pino';
import type { LogLevel } from '../../protocol/options.js';
import { plainWhenRead } from '../../protocol/text/plain-text.js';
import { LogWriter, type Output, outputTo } from './log-writer.js';

export type Logger = pino.Logger;

/** A logger, and what writes its lines. */
export interface OpenLog {
  readonly log: Logger;
  readonly writer: LogWriter;
}

const STDOUT = 1;
const DROPPED = 'log lines were dropped here, since they could not be written';
/** Where the password of a line's hop may stand in a record. */
const SECRETS = ['', '*.', 'hops[*].', '*.hops[*].', 'lines[*].hops[*].', '*.lines[*].hops[*].'];

/** A logger that writes JSON lines to `destination`, with passwords of hops replaced by `***`. */
export function createLogger(level: LogLevel, destination: pino.DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.map((parent) => `${parent}password`), censor: '***' },
    },
    destination,
  );
}

/** The log of the process. `output` and `readable` are for tests. */
export function openLog(level: LogLevel, output: Output = outputTo(STDOUT), readable = isatty(STDOUT)): OpenLog {
  const format = readable ? readableForm() : (line: string) => line;
  const droppedLine = (dropped: number, why: string | undefined): string => {
    const time = new Date().toISOString();
    return format(`${JSON.stringify({ level: 'warn', time, dropped, why, msg: DROPPED })}\n`);
  };
  const writer = new LogWriter({ output, droppedLine });
  return { log: createLogger(level, { write: (line) => writer.write(format(line)) }), writer };
}

function readableForm(): (line: string) => string {
  // Loaded only here, since a start without a terminal need not spend the time.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  // process.stdout would open a stream on the descriptor and so change its flags, for other processes too.
  const colorize = WriteStream.prototype.getColorDepth() > 1;
  const pretty = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', singleLine: true });
  return (line) => pretty(plainWhenRead(line));
}
