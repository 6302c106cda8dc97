// The port for the log records of one actor. Each start of the actor opens a new port. What is logged, and when, is
// decided by process/notices.ts.
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type LogRecord, receiveLogs } from '../../threads/log.js';
import type { Notices } from '../process/notices.js';

export class ActorLog {
  readonly #notices: Notices;
  #port: MessagePort | undefined;

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  /** Opens a port and returns the actor's end. */
  open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    receiveLogs(port1, (record) => this.#notices.write(record));
    return port2;
  }

  /** Writes the records that are still in the port, and closes it. */
  close(): void {
    const port = this.#port;
    if (port === undefined) return;
    this.#port = undefined;
    for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
      this.#notices.write(last.message as LogRecord);
    }
    port.close();
  }
}
