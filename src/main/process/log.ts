// The logger of the main thread: readable lines on a terminal, JSON lines elsewhere, unless the configuration says more. No
// other file imports pino. Actors do not log through it directly (threads/log.ts), and log-outlet.ts has the lines written.
import { createRequire } from 'node:module';
import { WriteStream } from 'node:tty';
import { pino } from 'pino';
import type { AccessForm, LogFormat, LogOptions } from '../../protocol/log-options.js';
import type { LogLevel } from '../../protocol/options.js';
import { plainJson, plainWhenRead } from '../../protocol/text/plain-text.js';
import { droppedAccessLine } from '../../threads/access-line.js';
import type { Change, Prepared } from './change.js';
import { type Failed, failed } from './done.js';
import { areOne, closeDestination, type Destination, LogOutlet, openDestination } from './log-outlet.js';
import { closePlaces, LeftOutlets, type NextPlaces, type Outlets, openPlaces, ownAccess } from './log-places.js';
import type { Output } from './log-writer.js';
import { RecentLines } from './recent-lines.js';

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
const STUCK = 'log: lines for earlier destinations are still being written; it can be changed again when they are';
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

/** Hears the level of each line, too. */
class Kept {
  readonly #write: (line: string, level: number) => void;
  /** Has pino set the next. */
  readonly [pino.symbols.needsMetadataGsym] = true;
  lastLevel = 0;

  constructor(write: (line: string, level: number) => void) {
    this.#write = write;
  }

  write(line: string): void {
    this.#write(line, this.lastLevel);
  }
}

/** Opens the log of the process, and its access log, where the configuration says. */
export function openLog(level: LogLevel, options: LogOptions): OpenedLog {
  const log = openDestination(options.destination);
  if (log.code === 'failed') return log;
  const ownName = ownAccess(options);
  if (ownName === undefined) return { code: 'opened', opened: new OpenLog(level, options, { log: log.to }) };
  const own = openDestination(ownName);
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

/** Other options of the log, which are prepared. After `make`, `finish` is called when no line of the earlier ones can come. */
export interface LogChange extends Change {
  make(): void;
  finish(): void;
}

/** The log of the process, and its access log. */
export class OpenLog {
  readonly log: Logger;
  #options: LogOptions;
  #outlets: Outlets;
  /** Of the lines of the log. */
  #formed: (line: string) => string = plainJson;
  #access: AccessSink | undefined;
  #recent: RecentLines | undefined;
  /** Of lines for places that a reload has given up. */
  readonly #left = { log: new LeftOutlets(), access: new LeftOutlets() };
  readonly #droppedBefore = { log: 0, access: 0 };
  /** Hears of lines that are dropped from now on. */
  hearDropped: (kind: keyof Dropped, lines: number) => void = () => {};

  /** `output`: for tests, in place of one to the log's descriptor. */
  constructor(level: LogLevel, options: LogOptions, to: Destinations, output?: Output) {
    this.#options = options;
    const log = this.#logOutlet(to.log, output);
    this.#outlets = { log, access: to.access && this.#accessOutlet(to.access) };
    this.log = createLogger(level, new Kept((line, ofLevel) => this.#write(line, ofLevel)));
    this.#form();
  }

  #write(line: string, level: number): void {
    this.#recent?.add(level, line);
    this.#outlets.log.writer.write(this.#formed(line));
  }

  /** The last lines of the log, which are kept from the first call on. */
  recentLines(): RecentLines {
    this.#recent ??= new RecentLines();
    return this.#recent;
  }

  #logOutlet(to: Destination, output?: Output): LogOutlet {
    const droppedLine = (dropped: number, why: string | undefined): string => {
      const time = new Date().toISOString();
      return this.#formed(`${JSON.stringify({ level: 'warn', time, dropped, why, msg: DROPPED })}\n`);
    };
    return new LogOutlet(to, { hearDropped: (lines) => this.hearDropped('log', lines), droppedLine }, output);
  }

  #accessOutlet(to: Destination): LogOutlet {
    const droppedLine = (count: number, why?: string): string =>
      droppedAccessLine(this.#access?.form ?? 'json', Date.now(), count, why);
    const hearDropped = (lines: number): void => this.hearDropped('access', lines);
    return new LogOutlet(to, { hearDropped, droppedLine, waiting_max: ACCESS_WAITING_MAX });
  }

  /** Makes lines as the options say. */
  #form(): void {
    const { format, access } = this.#options;
    const { log, access: own } = this.#outlets;
    const pretty = isPretty(format, log);
    this.#formed = pretty ? readableForm(log.isTerminal) : plainJson;
    const isOn = access.enabled === 'on';
    log.writer.setWaitingMax(isOn && own === undefined ? ACCESS_WAITING_MAX : undefined);
    const form = formOf(access, own?.isTerminal ?? pretty);
    const { writer } = own ?? log;
    this.#access = isOn ? { form, write: (text, lines) => writer.write(text, lines) } : undefined;
  }

  /** As the log is now. */
  get options(): LogOptions {
    return this.#options;
  }

  /** Undefined where there is none. Another one after each change. */
  get access(): AccessSink | undefined {
    return this.#access;
  }

  /** Lines that could not be written, of the log and of an access log of its own. */
  get dropped(): Dropped {
    const sum = (kind: 'log' | 'access'): number => {
      const outlets = [this.#outlets[kind], ...this.#left[kind].all];
      return outlets.reduce((count, outlet) => count + (outlet?.writer.dropped ?? 0), this.#droppedBefore[kind]);
    };
    return { log: sum('log'), access: sum('access') };
  }

  get #all(): readonly LogOutlet[] {
    const { log, access } = this.#outlets;
    return access === undefined ? [log] : [log, access];
  }

  /** Whether the log is in a file, where nobody who starts the gateway sees it. */
  get isInFile(): boolean {
    return this.#outlets.log.isFile;
  }

  /** Opens the files again, after they were renamed. What came of it is logged. */
  async reopen(): Promise<void> {
    const files = this.#all.filter(({ isFile }) => isFile);
    const failures = (await Promise.all(files.map((outlet) => outlet.reopen()))).filter(
      ({ code }) => code === 'failed',
    );
    for (const { message } of failures as Failed[])
      this.log.error(`${message}: it is still written to the file that was open`);
    if (files.length > 0 && failures.length === 0) this.log.info('the files of the log were opened again');
  }

  /** Opens what is new in other options. Not to be called again before that change was made and finished, or dropped. */
  async prepare(options: LogOptions): Promise<Prepared<LogChange>> {
    if (this.#left.log.areMany || this.#left.access.areMany) return failed(STUCK);
    const places = await openPlaces(options, this.#options, this.#outlets);
    if (places.code === 'failed') return places;
    let before = this.#outlets;
    const make = (): void => {
      before = this.#change(options, places);
    };
    return { code: 'prepared', change: { make, finish: () => this.#leave(before), drop: () => closePlaces(places) } };
  }

  /** Returns the outlets so far. */
  #change(options: LogOptions, { log, access }: NextPlaces): Outlets {
    const before = this.#outlets;
    this.#options = options;
    this.#outlets = {
      log: log === 'kept' ? before.log : this.#logOutlet(log),
      access: access === 'kept' ? before.access : access && this.#accessOutlet(access),
    };
    this.#form();
    return before;
  }

  /** Closes what is no longer used, when its lines are written. */
  #leave(before: Outlets): void {
    for (const kind of ['log', 'access'] as const) {
      const outlet = before[kind];
      if (outlet === undefined || outlet === this.#outlets[kind]) continue;
      void this.#left[kind].leave(outlet).then(() => {
        this.#droppedBefore[kind] += outlet.writer.dropped;
      });
    }
  }

  /** Closes the files. Nothing may be logged after it. */
  close(): void {
    for (const outlet of this.#all) outlet.close();
  }

  /** Resolves once all has been written (true), or after `timeout_ms` (false). */
  async end(timeout_ms: number): Promise<boolean> {
    const outlets = [...this.#all, ...this.#left.log.all, ...this.#left.access.all];
    const ended = await Promise.all(outlets.map(({ writer }) => writer.end(timeout_ms)));
    return ended.every((one) => one);
  }
}

function formOf({ format }: LogOptions['access'], isForPeople: boolean): AccessForm {
  if (format !== 'auto') return format;
  return isForPeople ? 'text' : 'json';
}

function isPretty(format: LogFormat, { isTerminal }: { readonly isTerminal: boolean }): boolean {
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
