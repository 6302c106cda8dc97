// The logger of the main thread: readable lines on a terminal, JSON lines elsewhere, unless the configuration says more. No
// other file imports pino. Actors do not log through it directly (threads/log.ts), and log-outlet.ts has the lines written.
import { createRequire } from 'node:module';
import { WriteStream } from 'node:tty';
import { pino } from 'pino';
import type { AccessForm, LogFormat, LogOptions } from '../../protocol/log-options.js';
import type { LogLevel } from '../../protocol/options.js';
import { plainJson, plainWhenRead } from '../../protocol/text/plain-text.js';
import { droppedAccessLine } from '../../threads/access-line.js';
import type { Failed } from './done.js';
import { areOne, closeDestination, type Destination, LogOutlet, openDestination } from './log-outlet.js';
import type { Output } from './log-writer.js';

export type Logger = pino.Logger;

/** Takes lines of the access log. */
export interface AccessSink {
  /** How actors make the lines. */
  readonly form: AccessForm;
  /** `text`: whole lines. */
  write(text: string, lines: number): void;
}

/** How many lines could not be written. */
export interface Dropped {
  readonly log: number;
  readonly access: number;
}

export type OpenedLog = { readonly code: 'opened'; readonly opened: OpenLog } | Failed;

/** Characters that may wait where connections have lines: all workers may send theirs at the same time. */
const ACCESS_WAITING_MAX = 1 << 22;
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

/** Opens the log of the process, and its access log, where the configuration says. */
export function openLog(level: LogLevel, options: LogOptions): OpenedLog {
  const { destination, access } = options;
  const log = openDestination(destination);
  if (log.code === 'failed') return log;
  if (access.enabled === 'off' || access.destination === null || access.destination === destination) {
    return { code: 'opened', opened: new OpenLog(level, options, { log: log.to }) };
  }
  const own = openDestination(access.destination);
  if (own.code === 'opened' && !areOne(log.to, own.to)) {
    return { code: 'opened', opened: new OpenLog(level, options, { log: log.to, access: own.to }) };
  }
  closeDestination(own.code === 'opened' ? own.to : log.to);
  return own.code === 'failed' ? own : { code: 'opened', opened: new OpenLog(level, options, { log: log.to }) };
}

/** Where the logs go. `access`: where it is not in the log. */
interface Destinations {
  readonly log: Destination;
  readonly access?: Destination;
}

/** The log of the process, and its access log. */
export class OpenLog {
  readonly log: Logger;
  /** Undefined where there is none. */
  readonly access: AccessSink | undefined;
  /** Of the log, and of the access log where it is not in the log. */
  readonly #outlets: readonly LogOutlet[];

  /** `output`: for tests, in place of one to the log's descriptor. */
  constructor(level: LogLevel, { format, access }: LogOptions, to: Destinations, output?: Output) {
    const pretty = isPretty(format, to.log);
    const formed = pretty ? readableForm(to.log.isTerminal) : plainJson;
    const droppedLine = (dropped: number, why: string | undefined): string => {
      const time = new Date().toISOString();
      return formed(`${JSON.stringify({ level: 'warn', time, dropped, why, msg: DROPPED })}\n`);
    };
    const isOn = access.enabled === 'on';
    const waiting_max = isOn ? ACCESS_WAITING_MAX : undefined;
    const outlet = new LogOutlet(to.log, { droppedLine, waiting_max: to.access ? undefined : waiting_max }, output);
    this.log = createLogger(level, { write: (line) => outlet.writer.write(formed(line)) });
    const form = formOf(access, to.access?.isTerminal ?? pretty);
    const dropped = (count: number, why?: string): string => droppedAccessLine(form, Date.now(), count, why);
    const own = to.access && new LogOutlet(to.access, { droppedLine: dropped, waiting_max });
    this.#outlets = own === undefined ? [outlet] : [outlet, own];
    const { writer } = own ?? outlet;
    this.access = isOn ? { form, write: (text, lines) => writer.write(text, lines) } : undefined;
  }

  /** Lines that could not be written, of the log and of an access log of its own. */
  get dropped(): Dropped {
    const [log, access] = this.#outlets.map(({ writer }) => writer.dropped);
    return { log: log as number, access: access ?? 0 };
  }

  /** Whether there is a file that `reopen` opens again. */
  get hasFile(): boolean {
    return this.#outlets.some(({ isFile }) => isFile);
  }

  /** Opens the files again, after they were renamed. What fails is logged. */
  async reopen(): Promise<void> {
    for (const done of await Promise.all(this.#outlets.map((outlet) => outlet.reopen()))) {
      if (done.code === 'failed') this.log.error(`${done.message}: it is still written to the file that was open`);
    }
  }

  /** Closes the files. Nothing may be logged after it. */
  close(): void {
    for (const outlet of this.#outlets) outlet.close();
  }

  /** Resolves once all has been written (true), or after `timeout_ms` (false). */
  async end(timeout_ms: number): Promise<boolean> {
    const ended = await Promise.all(this.#outlets.map(({ writer }) => writer.end(timeout_ms)));
    return ended.every((one) => one);
  }
}

function formOf({ format }: LogOptions['access'], isForPeople: boolean): AccessForm {
  if (format !== 'auto') return format;
  return isForPeople ? 'text' : 'json';
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
