// The logger of the main thread: readable lines on a terminal, JSON lines elsewhere, unless the configuration says more. No
// other file imports pino. Actors do not log through it directly (threads/log.ts), and log-outlet.ts has the lines written.
import { createRequire } from 'node:module';
import { WriteStream } from 'node:tty';
import { pino } from 'pino';
import type { LogFormat, LogOptions } from '../../protocol/log-options.js';
import type { LogLevel } from '../../protocol/options.js';
import { plainJson, plainWhenRead } from '../../protocol/text/plain-text.js';
import type { Failed } from './done.js';
import { type Destination, LogOutlet, openDestination } from './log-outlet.js';
import type { Output } from './log-writer.js';

export type Logger = pino.Logger;

export type OpenedLog = { readonly code: 'opened'; readonly opened: OpenLog } | Failed;

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

/** Opens the log of the process where the configuration says. */
export function openLog(level: LogLevel, { destination, format }: LogOptions): OpenedLog {
  const opened = openDestination(destination);
  if (opened.code === 'failed') return opened;
  return { code: 'opened', opened: new OpenLog(level, format, opened.to) };
}

/** The log of the process. */
export class OpenLog {
  readonly log: Logger;
  readonly #outlet: LogOutlet;

  /** `output`: for tests, in place of one to the descriptor. */
  constructor(level: LogLevel, format: LogFormat, to: Destination, output?: Output) {
    const formed = isPretty(format, to) ? readableForm(to.isTerminal) : plainJson;
    const droppedLine = (dropped: number, why: string | undefined): string => {
      const time = new Date().toISOString();
      return formed(`${JSON.stringify({ level: 'warn', time, dropped, why, msg: DROPPED })}\n`);
    };
    const outlet = new LogOutlet(to, droppedLine, output);
    this.#outlet = outlet;
    this.log = createLogger(level, { write: (line) => outlet.writer.write(formed(line)) });
  }

  /** Lines that could not be written. */
  get dropped(): number {
    return this.#outlet.writer.dropped;
  }

  /** Whether there is a file that `reopen` opens again. */
  get hasFile(): boolean {
    return this.#outlet.isFile;
  }

  /** Opens the log's file again, after it was renamed. What fails is logged. */
  async reopen(): Promise<void> {
    const done = await this.#outlet.reopen();
    if (done.code === 'failed') this.log.error(`${done.message}: it is still written to the file that was open`);
  }

  /** Resolves once all has been written (true), or after `timeout_ms` (false). */
  end(timeout_ms: number): Promise<boolean> {
    return this.#outlet.writer.end(timeout_ms);
  }
}

function isPretty(format: LogFormat, { isTerminal }: Destination): boolean {
  return format === 'auto' ? isTerminal : format === 'pretty';
}

function readableForm(isTerminal: boolean): (line: string) => string {
  // Loaded only here, since a start without a terminal need not spend the time.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  // process.stdout would open a stream on the descriptor and so change its flags, for other processes too.
  const colorize = isTerminal && WriteStream.prototype.getColorDepth() > 1;
  // A terminal shows what happens today.
  const translateTime = isTerminal ? 'SYS:HH:MM:ss.l' : 'SYS:yyyy-mm-dd HH:MM:ss.l';
  const pretty = prettyFactory({ colorize, translateTime, singleLine: true });
  return (line) => pretty(plainWhenRead(line));
}
