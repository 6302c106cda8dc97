// One server over TCP or TLS: one connection that questions share, opened when there is one to ask. How it is opened is
// dial.ts.
import type { Question } from '../../protocol/dns-message.js';
import type { Bootstrap, Destination } from './dial.js';
import { dial } from './dial.js';
import { type Asked, exchange, exchangeAgain, type Reply } from './exchange.js';
import { CLOSED, StreamConnection } from './stream.js';

export class TcpServer {
  readonly #destination: Destination;
  readonly #bootstrap: Bootstrap;
  readonly #connections = new Set<StreamConnection>();
  #current: StreamConnection | undefined;

  constructor(destination: Destination, bootstrap: Bootstrap) {
    this.#destination = destination;
    this.#bootstrap = bootstrap;
  }

  ask(question: Question): Asked<Reply> {
    const connection = this.#connection();
    const asked = connection?.ask(question) ?? tooMany();
    return exchangeAgain(asked, (reply) => {
      // A server may close a connection that it found idle just when it is asked: that says nothing about the server.
      const stale = reply.kind === 'no-answer' && reply.reason === CLOSED && connection?.hasAnswered;
      return stale ? (this.#connection()?.ask(question) ?? tooMany()) : undefined;
    });
  }

  close(): void {
    for (const connection of [...this.#connections]) connection.close();
  }

  #connection(): StreamConnection | undefined {
    if (this.#current !== undefined && !this.#current.isFull) return this.#current;
    if (this.#connections.size >= CONNECTIONS_MAX) return undefined;
    const connection: StreamConnection = new StreamConnection(
      (signal) => dial(this.#destination, this.#bootstrap, signal),
      () => {
        this.#connections.delete(connection);
        if (this.#current === connection) this.#current = undefined;
      },
    );
    this.#connections.add(connection);
    this.#current = connection;
    return connection;
  }
}

/** With those that wait for their last answers. */
const CONNECTIONS_MAX = 8;

function tooMany(): Asked<Reply> {
  return exchange((settle) => {
    settle({ kind: 'no-answer', reason: 'too many questions' });
    return () => {};
  });
}
