// Sends a notice when a DNS server stops answering, and when it answers again. It asks nothing: it hears the reply of each
// question.
import type { Notice } from '../../../protocol/notices/notice.js';
import type { Reply } from './exchange.js';

/** Questions in a row without an answer after which a server is dead. */
const DEAD_AFTER = 3;

export class ServerStates {
  readonly #tell: (notice: Notice) => void;
  /** Unanswered questions since the last answer, by the server's id. */
  readonly #silent = new Map<string, number>();

  /** `ids`: those of all servers. */
  constructor(ids: readonly string[], tell: (notice: Notice) => void) {
    this.#tell = tell;
    for (const id of ids) this.#silent.set(id, 0);
  }

  replied(id: string, reply: Reply): void {
    const silent = this.#silent.get(id) ?? 0;
    if (reply.kind !== 'no-answer') {
      if (silent > 0) this.#silent.set(id, 0);
      if (silent >= DEAD_AFTER) this.#isBack(id);
    } else if (reply.code !== 'overtaken' && reply.code !== 'stopping') {
      this.#silent.set(id, silent + 1);
      if (silent + 1 === DEAD_AFTER) this.#isDead(id, reply.reason);
    }
  }

  #left(): number {
    return [...this.#silent.values()].filter((silent) => silent < DEAD_AFTER).length;
  }

  #isDead(id: string, why: string): void {
    const server = named(id);
    const servers_left = this.#left();
    const what = `DNS server ${server} does not answer`;
    const message = servers_left > 0 ? what : `${what}, and none is left that does`;
    this.#tell({ topic: `dns ${id}`, good: false, level: 'warn', message, fields: { server, why, servers_left } });
  }

  #isBack(id: string): void {
    const server = named(id);
    const message = `DNS server ${server} answers again`;
    const fields = { server, servers_left: this.#left() };
    this.#tell({ topic: `dns ${id}`, good: true, level: 'info', message, fields });
  }
}

/** The id without the path of a URL, which may be its user's key. */
const named = (id: string): string => id.replace(/^(https:\/\/[^/ ]+)\/\S*/, '$1');
