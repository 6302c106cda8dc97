// The port over which one actor's log records come, from its start to its end; the next start gets a new one.
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type LogRecord, receiveLogs } from '../../threads/log.js';
import type { Notices } from '../process/notices.js';

export class ActorLog {
  readonly #notices: Notices;
  #port: MessagePort | undefined;

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  /** The actor's end of a new port. */
  open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    receiveLogs(port1, (record) => this.#notices.write(record));
    return port2;
  }

  /** What the actor said last is still written. */
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
