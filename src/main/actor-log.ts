// The port over which one actor's log records come, from its start to its end; the next start gets a new one.
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type LogRecord, receiveLogs } from '../threads/log.js';
import type { Logger } from './log.js';

export class ActorLog {
  readonly #log: Logger;
  #port: MessagePort | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** The actor's end of a new port. */
  open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    receiveLogs(port1, this.#write);
    return port2;
  }

  /** What the actor said last is still written. */
  close(): void {
    const port = this.#port;
    if (port === undefined) return;
    this.#port = undefined;
    for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
      this.#write(last.message as LogRecord);
    }
    port.close();
  }

  readonly #write = ({ level, fields, message }: LogRecord): void => this.#log[level](fields, message);
}
