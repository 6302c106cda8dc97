// The log of an actor that may also run without one, as for a command: then its warnings are warnings of the process.
import type { MessagePort } from 'node:worker_threads';
import type { LogLevel } from '../protocol/options.js';
import { plain } from '../protocol/text/plain-text.js';
import { logWarnings, RemoteLog } from './log.js';

export interface ActorLog {
  /** Undefined where there is no port. */
  readonly log: RemoteLog | undefined;
  readonly warn: (message: string) => void;
}

/** Warnings of Node go to the log too. The actor closes the log at its end. */
export function actorLog(port: MessagePort | undefined, level: LogLevel): ActorLog {
  if (port === undefined) return { log: undefined, warn: (message) => process.emitWarning(plain(message)) };
  const log = new RemoteLog(port, level, () => {});
  logWarnings(log);
  return { log, warn: (message) => log.write('warn', {}, message) };
}
