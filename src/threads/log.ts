// Log records of an actor, written by main: sent as messages, with a bound on how many main may be behind. Beyond it
// they are dropped and counted, and one says how many once main has caught up. The logger itself (pino) is
// main/process/log.ts's business.
import type { MessagePort } from 'node:worker_threads';
import type { Notice } from '../protocol/notice.js';
import type { LogLevel } from '../protocol/options.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies readonly LogLevel[];
/** Records that main may be behind. */
const BEHIND_MAX = 1000;
/** Main says how far it has come after each so many records. */
const ACKNOWLEDGE_EVERY = 100;

export type Level = Exclude<LogLevel, 'silent'>;

export interface LogRecord {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The actor's end. */
export class RemoteLog {
  readonly #port: MessagePort;
  readonly #threshold: number;
  readonly #dropped: () => void;
  #behind = 0;
  /** Records that were dropped and of which nothing has been said, and the level of the last one, which is logged. */
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

  enabled(level: Level): boolean {
    return LEVELS.indexOf(level) >= this.#threshold;
  }

  write(level: Level, fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#post({ level, fields, message });
  }

  /** What happens over and over: main says when it is due. */
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

/** What Node warns of in this thread: it would go to stderr through main, which would wait there for its reader. */
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
