// A server of resolv.conf: how long it may take before it is late, and whether it has been silent lately. A silent server
// keeps one question open after another server has answered, so that its return is noticed. It chooses no order.
import type { Question } from '../../../protocol/dns/message.js';
import type { Asked, GivenUp, Hear, Reply } from '../ask/exchange.js';
import type { Server, Way } from '../transports/configured-server.js';

const LATENESS_FACTOR = 3;
const LATENESS_LEAST_MS = 100;
/** After this many unanswered questions in a row a server is silent. */
const MISSES_MAX = 2;
/** How long a silent server is listened to after another one has answered. */
const LISTEN_MS = 5000;

export class OrderedServer {
  readonly server: Server;
  readonly #lateness_most_ms: number;
  #misses = 0;
  #listening: { readonly asked: Asked; readonly deadline: NodeJS.Timeout } | undefined;

  constructor(server: Server, lateness_most_ms: number) {
    this.server = server;
    this.#lateness_most_ms = lateness_most_ms;
  }

  get id(): string {
    return this.server.identity.id;
  }

  /** The time after which the server is late. */
  get lateness_ms(): number {
    const { latency_ms } = this.server.profile;
    if (latency_ms === undefined) return this.#lateness_most_ms;
    return Math.min(this.#lateness_most_ms, Math.max(LATENESS_LEAST_MS, LATENESS_FACTOR * latency_ms));
  }

  get isSilent(): boolean {
    return this.#misses >= MISSES_MAX;
  }

  ask(question: Question, way: Way, hear: Hear<Reply>): Asked {
    const asked = this.server.ask(question, way, (reply) => {
      this.#forget(asked);
      if (reply.kind !== 'no-answer') this.#misses = 0;
      else if (reply.code === 'timed-out') this.missed();
      hear(reply);
    });
    return asked;
  }

  /** The server did not answer in time. */
  missed(): void {
    this.#misses += 1;
  }

  /** Nobody waits for the question any more: it is given up, or kept open as the one question of a silent server. */
  leave(asked: Asked, why: GivenUp): void {
    if (!this.isSilent || this.#listening !== undefined) {
      asked.cancel(why);
      return;
    }
    this.#listening = { asked, deadline: setTimeout(() => asked.cancel('timed-out'), LISTEN_MS) };
  }

  close(): void {
    this.#listening?.asked.cancel('stopping');
    this.server.close();
  }

  #forget(asked: Asked): void {
    if (this.#listening?.asked !== asked) return;
    clearTimeout(this.#listening.deadline);
    this.#listening = undefined;
  }
}
