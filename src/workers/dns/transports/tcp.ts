// One server over TCP or TLS: questions share one connection, which is opened for the first of them. It does not open
// sockets itself: see dialler.ts.
import type { Question } from '../../../protocol/dns/message.js';
import { type Asked, type Hear, type Reply, unasked } from '../ask/exchange.js';
import type { Bootstrap, Destination } from './dial.js';
import { type Dial, dialler } from './dialler.js';
import { PENDING_MAX, StreamConnection } from './stream.js';

/** Including full and stuck connections that wait for their last answers. */
const CONNECTIONS_MAX = 8;

export class TcpServer {
  readonly #dial: Dial;
  readonly #connections = new Set<StreamConnection>();
  #current: StreamConnection | undefined;

  constructor(destination: Destination, bootstrap: Bootstrap) {
    this.#dial = dialler(destination, bootstrap);
  }

  get tables() {
    let questions = 0;
    for (const { size } of this.#connections) questions += size;
    return {
      connections: { size: this.#connections.size, max: CONNECTIONS_MAX },
      questions: { size: questions, max: CONNECTIONS_MAX * PENDING_MAX },
    };
  }

  ask(question: Question, hear: Hear<Reply>, edns = true): Asked {
    const connection = this.#connection();
    if (connection === undefined) return unasked(hear, TOO_MANY);
    let cancelled = false;
    const heard = (reply: Reply): void => {
      // A server may close an idle connection just when it is asked. This is no failure of the server: ask once more.
      const isStale = reply.kind === 'no-answer' && connection.wasDropped && connection.hasAnswered;
      if (isStale && !cancelled) current = this.#connection()?.ask(question, hear, edns) ?? unasked(hear, TOO_MANY);
      else hear(reply);
    };
    let current = connection.ask(question, heard, edns);
    return {
      cancel(why) {
        cancelled = true;
        current.cancel(why);
      },
    };
  }

  close(): void {
    for (const connection of [...this.#connections]) connection.close();
  }

  #connection(): StreamConnection | undefined {
    if (this.#current !== undefined && !this.#current.isFull && !this.#current.isStuck) return this.#current;
    if (this.#connections.size >= CONNECTIONS_MAX) return undefined;
    const connection: StreamConnection = new StreamConnection(this.#dial, () => {
      this.#connections.delete(connection);
      if (this.#current === connection) this.#current = undefined;
    });
    this.#connections.add(connection);
    this.#current = connection;
    return connection;
  }
}

const TOO_MANY = 'too many questions';
