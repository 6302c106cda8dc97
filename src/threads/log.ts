// Carries the log records of an actor to main, as messages. The number of records that main has not acknowledged is
// bounded; further records are dropped and counted, and one record tells the count once main catches up. The logger
// itself (pino) is main/process/log.ts.
import type { MessagePort } from 'node:worker_threads';
import type { Notice } from '../protocol/notices/notice.js';
import type { LogLevel } from '../protocol/options.js';

export const LEVELS = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] as const satisfies readonly LogLevel[];
/** Records that main may not have acknowledged yet. */
const BEHIND_MAX = 1000;
/** Records after which main acknowledges. */
const ACKNOWLEDGE_EVERY = 100;

export type Level = Exclude<LogLevel, 'silent'>;

export interface LogRecord {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The actor's end. Dropped records are counted by `dropped`, called once for each. */
export class RemoteLog {
  readonly #port: MessagePort;
  #threshold: number;
  readonly #dropped: () => void;
  #behind = 0;
  /** Dropped records that no record has told of yet, and the level of the last one. */
  #unsaid = 0;
  #unsaidLevel: Level = 'warn';

  constructor(port: MessagePort, level: LogLevel, dropped: () => void) {
    this.#port = port;
    this.#threshold = LEVELS.indexOf(level);
    this.#dropped = dropped;
    port.on('message', (written: number) => {
      this.#behind -= written;
      this.#sayDropped();
    });
    port.unref();
  }

  setLevel(level: LogLevel): void {
    this.#threshold = LEVELS.indexOf(level);
  }

  /** Whether records of this level are logged at all. */
  enabled(level: Level): boolean {
    return LEVELS.indexOf(level) >= this.#threshold;
  }

  /** Sends a record; drops it when its level is off or main is too far behind. */
  write(level: Level, fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#post({ level, fields, message });
  }

  /** For what happens repeatedly: main decides when to log it (main/process/notices.ts). */
  tell(notice: Notice): void {
    this.#post(notice);
  }

  #post(record: LogRecord | Notice): void {
    if (!this.enabled(record.level)) return;
    if (this.#behind < BEHIND_MAX) {
      this.#send(record);
      return;
    }
    this.#dropped();
    this.#unsaid += 1;
    this.#unsaidLevel = record.level;
  }

  #sayDropped(): void {
    if (this.#unsaid === 0) return;
    const message = 'log records of an actor were dropped, since main was behind';
    this.#send({ level: this.#unsaidLevel, fields: { dropped: this.#unsaid }, message });
    this.#unsaid = 0;
  }

  #send(record: LogRecord | Notice): void {
    this.#behind += 1;
    this.#port.postMessage(record);
  }

  close(): void {
    this.#port.close();
  }
}

/** Logs Node's warnings of this thread: on stderr they would go through main, which could block there on a slow reader. */
export function logWarnings(log: RemoteLog): void {
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => log.write('warn', { name }, message));
}

/** Main's end: calls `write` for each record. */
export function receiveLogs(port: MessagePort, write: (record: LogRecord | Notice) => void): void {
  let written = 0;
  port.on('message', (record: LogRecord | Notice) => {
    write(record);
    written += 1;
    if (written < ACKNOWLEDGE_EVERY) return;
    port.postMessage(written);
    written = 0;
  });
}
