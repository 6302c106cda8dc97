// The ports for what an actor has to write: log records, and lines of the access log. Each start of the actor opens new ones.
// What is logged, and when, is decided by process/notices.ts.
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Notice } from '../../protocol/notices/notice.js';
import { type AccessBatch, receiveAccess } from '../../threads/access-lines.js';
import { type LogRecord, receiveLogs } from '../../threads/log.js';
import type { AccessSink } from '../process/log.js';
import type { Notices } from '../process/notices.js';

class ActorPort<Message> {
  readonly #receive: (port: MessagePort, write: (message: Message) => void) => void;
  readonly #write: (message: Message) => void;
  #port: MessagePort | undefined;

  /** `receive`: main's end of what the actor uses, which calls `write` for each message. */
  constructor(
    receive: (port: MessagePort, write: (message: Message) => void) => void,
    write: (message: Message) => void,
  ) {
    this.#receive = receive;
    this.#write = write;
  }

  /** Opens a port and returns the actor's end. */
  open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#receive(port1, this.#write);
    return port2;
  }

  /** Writes what is still in the port, and closes it. */
  close(): void {
    const port = this.#port;
    if (port === undefined) return;
    this.#port = undefined;
    for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
      this.#write(last.message as Message);
    }
    port.close();
  }
}

export class ActorLog extends ActorPort<LogRecord | Notice> {
  constructor(notices: Notices) {
    super(receiveLogs, (record) => notices.write(record));
  }
}

export class ActorAccessLog extends ActorPort<AccessBatch> {
  constructor(sink: AccessSink) {
    super(receiveAccess, ({ text, lines }) => sink.write(text, lines));
  }
}
