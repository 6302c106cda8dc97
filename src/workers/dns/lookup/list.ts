// One question to the servers of a list: the fastest known server has a head start of some ms, then all are asked, and the
// first clean answer wins. "There is nothing" waits a moment for the other servers, which may know other names. It knows
// neither the other family (pair.ts) nor the other lists (rounds.ts).
import { canonical } from '../../../protocol/address/canonical.js';
import type { Question } from '../../../protocol/dns/message.js';
import { Countdown } from '../ask/countdown.js';
import { type Asked, failed, GIVEN_UP, type GivenUp, type Hear, type NoAnswer, type Reply } from '../ask/exchange.js';
import type { Judge } from '../ask/judge.js';
import type { Server, Way } from '../transports/configured-server.js';

interface Negative {
  readonly kind: 'nodata' | 'nxdomain';
  readonly ttl_s: number | undefined;
  readonly server: Server;
}

/** A server's answer that may be believed. Addresses are canonical. */
export type Answered =
  | {
      readonly kind: 'addresses';
      readonly addresses: readonly string[];
      readonly ttl_s: number;
      readonly server: Server;
    }
  | Negative;

export interface ListFailure {
  readonly kind: 'failed';
  readonly reason: string;
  /** The servers that may answer over another transport: those that said nothing, or nothing clean. */
  readonly again: readonly Server[];
  /** A doubtful answer that nothing contradicted: better than none at all. */
  readonly spare: Answered | undefined;
}

export type ListOutcome = Answered | ListFailure;

/** The longest that a slower server is held back. */
const HEAD_START_MS = 10;
const HEAD_START_FACTOR = 1.25;
/**
 * How long "there is nothing" waits for a better answer: twice the usual time of the slowest other server, within these
 * bounds. The least is for servers that are not known yet: a server of another site answers in less. The most is for dead
 * servers: nobody wants to wait longer to hear that a name is mistyped.
 */
const BETTER_FACTOR = 2;
const BETTER_LEAST_MS = 100;
const BETTER_MOST_MS = 300;

interface Asking {
  readonly question: Question;
  readonly way: Way;
  readonly judge: Judge;
}

export interface AskedList extends Asked {
  /** `server` has addresses of the other family, so it knows the name: its "there is nothing" needs no confirmation. */
  knows(server: Server): void;
}

export function askList(servers: readonly Server[], asking: Asking, hear: Hear<ListOutcome>): AskedList {
  const race = new ListRace(servers, asking, hear);
  race.start();
  return race;
}

class ListRace implements AskedList {
  readonly #servers: readonly Server[];
  readonly #question: Question;
  readonly #way: Way;
  readonly #judge: Judge;
  readonly #hear: Hear<ListOutcome>;
  readonly #asked: Asked[] = [];
  /** Servers not asked yet: the others have a head start. */
  #held: { readonly server: Server; readonly timer: NodeJS.Timeout }[] = [];
  #reasons: string[] = [];
  #again: Server[] = [];
  #spare: Answered | undefined;
  /** The first "there is nothing", while others are still asked. */
  #negative: Negative | undefined;
  #waiting: Countdown | undefined;
  #knowing: Server | undefined;
  #open: number;
  #over = false;

  constructor(servers: readonly Server[], { question, way, judge }: Asking, hear: Hear<ListOutcome>) {
    this.#servers = servers;
    this.#question = question;
    this.#way = way;
    this.#judge = judge;
    this.#open = servers.length;
    this.#hear = hear;
  }

  start(): void {
    if (this.#servers.length === 0) queueMicrotask(() => this.#fail());
    const best_ms = fastest(this.#servers);
    for (const server of this.#servers) {
      // A server without a known latency is asked at once, to measure it.
      const isSlower = (server.profile.latency_ms ?? best_ms) > best_ms;
      if (isSlower) this.#hold(server, Math.min(HEAD_START_MS, best_ms * HEAD_START_FACTOR));
      else this.#ask(server);
    }
  }

  knows(server: Server): void {
    this.#knowing = server;
    if (this.#negative?.server === server) this.#settle();
  }

  cancel(why: GivenUp): void {
    this.#settle();
    if (this.#over) return;
    for (const { server, timer } of this.#held.splice(0)) {
      clearTimeout(timer);
      this.#failed(server, GIVEN_UP[why], true);
    }
    for (const asked of this.#asked) asked.cancel(why);
  }

  #hold(server: Server, delay_ms: number): void {
    const timer = setTimeout(() => {
      this.#held.splice(
        this.#held.findIndex((held) => held.server === server),
        1,
      );
      this.#ask(server);
    }, delay_ms);
    this.#held.push({ server, timer });
  }

  #ask(server: Server): void {
    if (this.#over) return;
    this.#asked.push(server.ask(this.#question, this.#way, (reply) => this.#replied(server, reply)));
  }

  #replied(server: Server, reply: Reply): void {
    if (this.#over) return;
    switch (reply.kind) {
      case 'addresses':
        this.#addresses(server, reply.addresses.map(canonical), reply.ttl_s, reply.doubt);
        return;
      case 'nodata':
      case 'nxdomain':
        this.#answered({ kind: reply.kind, ttl_s: reply.ttl_s, server }, reply.doubt);
        return;
      case 'server-failure':
        this.#failed(server, failed(`rcode ${reply.rcode}`), false);
        return;
      case 'truncated':
        this.#failed(server, failed('truncated'), false);
        return;
      case 'no-answer':
        this.#failed(server, reply, true);
        return;
      default:
        reply satisfies never;
        return;
    }
  }

  #addresses(server: Server, given: readonly string[], ttl_s: number, doubt: string | undefined): void {
    const { clean, dropped, suspect } = this.#judge.judge(server.identity, this.#question.name, given);
    if (suspect || clean.length === 0) {
      server.profile.counts.suspect += 1;
      const bad = dropped.map(({ address, why }) => `${address} ${why}`).join(', ');
      this.#failed(server, failed(`not believed: ${bad}`), true);
      return;
    }
    this.#answered({ kind: 'addresses', addresses: clean, ttl_s, server }, doubt);
  }

  #answered(answer: Answered, doubt: string | undefined): void {
    if (doubt !== undefined) {
      this.#spare ??= answer;
      this.#failed(answer.server, failed(doubt), true);
    } else if (answer.kind === 'addresses') this.#finish(answer);
    else this.#nothing(answer);
  }

  /** One server says "there is nothing"; another may know the name. */
  #nothing(answer: Negative): void {
    this.#open -= 1;
    if (this.#knowing === answer.server) this.#negative = answer;
    this.#negative ??= answer;
    if (this.#open === 0 || this.#knowing === answer.server) this.#settle();
    else this.#waiting ??= new Countdown(this.#better_ms(answer.server), () => this.#settle());
  }

  #better_ms(answered: Server): number {
    let slowest_ms = 0;
    for (const server of this.#servers) {
      if (server !== answered) slowest_ms = Math.max(slowest_ms, server.profile.latency_ms ?? 0);
    }
    return Math.min(BETTER_MOST_MS, Math.max(BETTER_LEAST_MS, slowest_ms * BETTER_FACTOR));
  }

  /** Finishes with "there is nothing" if a server has said so. */
  #settle(): void {
    if (this.#negative !== undefined) this.#finish(this.#negative);
  }

  #failed(server: Server, { code, reason }: NoAnswer, again: boolean): void {
    this.#reasons.push(`${server.identity.id}: ${reason}`);
    if (again) this.#again.push(server);
    this.#open -= 1;
    if (this.#open === 0) {
      this.#settle();
      this.#fail();
      return;
    }
    // No server with a head start is still open: the others are asked now.
    if (code !== 'timed-out' && this.#open === this.#held.length) {
      for (const held of this.#held.splice(0)) {
        clearTimeout(held.timer);
        this.#ask(held.server);
      }
    }
  }

  #fail(): void {
    this.#finish({ kind: 'failed', reason: this.#reasons.join('; '), again: this.#again, spare: this.#spare });
  }

  #finish(outcome: ListOutcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting?.cancel();
    for (const { timer } of this.#held) clearTimeout(timer);
    this.#held = [];
    // This has no effect on questions that are answered.
    for (const asked of this.#asked) asked.cancel('overtaken');
    this.#hear(outcome);
  }
}

/** The least known latency in ms; Infinity where none is known. */
function fastest(servers: readonly Server[]): number {
  let best_ms = Number.POSITIVE_INFINITY;
  for (const { profile } of servers) best_ms = Math.min(best_ms, profile.latency_ms ?? best_ms);
  return best_ms;
}
