// One server over UDP: its sockets, its profile, and the answered questions that still listen for a contradicting answer. One
// question is udp-query.ts. It does not go over to TCP: see configured-server.ts.
import type { Question } from '../../../protocol/dns/message.js';
import { Countdown } from '../ask/countdown.js';
import type { Asked, Hear, Reply } from '../ask/exchange.js';
import type { ServerProfile } from '../ask/server-profile.js';
import type { Asker, Injected, Listening, UdpLimits } from './udp-asker.js';
import { UdpQuery } from './udp-query.js';
import { UdpSockets } from './udp-sockets.js';

/** How long a question listens for a second answer under its id, and how many questions of a server do so at once. */
const LISTEN_MS = 250;
const LISTENING_MAX = 4096;
/** The least time between two sweeps of listening questions. */
const SWEEP_LEAST_MS = 25;

export class UdpServer implements Asker {
  readonly profile: ServerProfile;
  readonly limits: UdpLimits;
  readonly injected: Injected;
  readonly now: () => number;
  readonly sockets: UdpSockets;
  /** Each with the time at which it ends, in that order. */
  readonly #listening = new Map<Listening, number>();
  #sweep: Countdown | undefined;

  constructor(
    at: { readonly host: string; readonly port: number },
    {
      profile,
      limits,
      injected,
      now,
    }: { profile: ServerProfile; limits: UdpLimits; injected: Injected; now: () => number },
  ) {
    this.profile = profile;
    this.limits = limits;
    this.injected = injected;
    this.now = now;
    this.sockets = new UdpSockets(at, limits.udp_sockets_max, () => {
      profile.counts.strays += 1;
    });
  }

  get tables() {
    const listening = { size: this.#listening.size, max: LISTENING_MAX };
    return { sockets: { size: this.sockets.size, max: this.limits.udp_sockets_max }, listening };
  }

  ask(question: Question, hear: Hear<Reply>): Asked {
    const query = new UdpQuery(this, question, hear);
    query.send();
    return query;
  }

  /** Keeps the slot of an answered question for a while; when too many are kept, the oldest is released. */
  listen(sending: Listening): void {
    if (this.#listening.size >= LISTENING_MAX) this.#end(this.#listening.keys().next().value as Listening);
    this.#listening.set(sending, this.now() + LISTEN_MS);
    this.#sweep ??= new Countdown(LISTEN_MS, () => this.#sweepAll());
  }

  close(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    for (const sending of [...this.#listening.keys()]) this.#end(sending);
  }

  #sweepAll(): void {
    this.#sweep = undefined;
    const now_ms = this.now();
    for (const [sending, ends_ms] of this.#listening) {
      if (ends_ms > now_ms) {
        this.#sweep = new Countdown(Math.max(SWEEP_LEAST_MS, ends_ms - now_ms), () => this.#sweepAll());
        return;
      }
      this.#end(sending);
    }
  }

  #end(sending: Listening): void {
    this.#listening.delete(sending);
    sending.slot.release();
  }
}
