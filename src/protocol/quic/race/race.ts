// The race of one flow of QUIC over lines: over which line the client's first flight goes out when, which answer of a server
// decides the race, and what becomes of the datagrams until then. Pure: no sockets, no clock, and no datagrams; the caller keeps
// the flight, sends it as told, and asks `wakeAt` when to call `take` again.
//
// The first line begins alone. When it is late by its own history, fails, or the client repeats its flight, the next one gets the
// same datagrams as well. The first line with an authentic answer wins. An answer that proves little (the server closes, or knows
// other versions) is kept back for a while, since another line may have a better one.
import type { ServerAnswer } from '../server-answer.js';
import { Entrant, type EntrantFailure, FORGED_MAX } from './entrant.js';

/** Lines that may get the same flight: each one more is a connection that some server holds for nothing. */
export const ENTRANTS_MAX = 4;
/** How long a way through proxies may take to open before its line is late, besides, in ms: a proxy is connected to, and asked. */
export const OPENING_MS = 500;
/** How long an answer that proves little waits for a better one, in ms. */
export const WEAK_WAIT_MS = 500;
/** After so long without any answer, in ms, the race has no winner. Clients give a handshake up after some ten seconds. */
export const RACE_MAX_MS = 10_000;

/** One line that may take part, in the order of preference. */
export interface Runner {
  readonly line: number;
  /** From when on it is late by its history, in ms after the flight went out. */
  readonly late_ms: number;
  /** How long its way may take to open, in ms (OPENING_MS); 0 if it is open. */
  readonly opening_ms: number;
}

/**
 * What to do with a datagram that came over a line:
 * - `pass`: the client gets it; of the datagrams that are kept, those of the same line follow it
 * - `keep`: it may be the server's, and is kept within bounds until the race is decided
 * - `drop`: the client never sees it
 */
export type Verdict = 'pass' | 'keep' | 'drop';

/**
 * Where a datagram of the client goes to:
 * - `all`: it repeats the flight, and goes out over every line that has had it
 * - `winner`: the line that carries the flow
 * - `keep`: it must reach one server only, and is kept within bounds until the race is decided
 */
export type Forwarding = 'all' | 'winner' | 'keep';

export interface Win {
  readonly entrant: Entrant;
  /** `alone`: the client has sent what must reach one server only while one line was under way, so no other may join. */
  readonly by: Exclude<ServerAnswer, 'early' | 'forged'> | 'alone';
  readonly at: number;
}

export class QuicRace {
  readonly #began: number;
  /** Lines that may be sent the same flight. */
  readonly #most: number;
  readonly #waiting: Runner[] = [];
  readonly #entrants: Entrant[] = [];
  #offersEnded = false;
  #next: number;
  /** When the first weak answer came. */
  #weakAt: number | undefined;
  #repeatedAt: number | undefined;
  #isSealed = false;
  #win: Win | undefined;
  #isLost = false;

  constructor(most: number, now: number) {
    this.#most = most;
    this.#began = now;
    this.#next = now;
  }

  /** The line that carries the flow; it never changes. Look at it after each call of a method. */
  get win(): Win | undefined {
    return this.#win;
  }

  /** Nothing has answered, and nothing more may. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** The lines that have begun, in this order. */
  get entrants(): readonly Entrant[] {
    return this.#entrants;
  }

  get #isOver(): boolean {
    return this.#win !== undefined || this.#isLost;
  }

  /** One more line, behind those that were offered before. */
  offer(runner: Runner): void {
    this.#waiting.push(runner);
  }

  /** No more lines will be offered. */
  allOffered(now: number): void {
    this.#offersEnded = true;
    this.#conclude(now);
  }

  /** The line that is to get the flight now; undefined for none. Call it until it has none. */
  take(now: number): Entrant | undefined {
    this.#conclude(now);
    if (this.#isOver || !this.#mayStartMore || now < this.#next) return undefined;
    const runner = this.#waiting.shift();
    if (runner === undefined) return undefined;
    const entrant = new Entrant(runner.line, runner.late_ms, now);
    this.#entrants.push(entrant);
    this.#next = now + runner.opening_ms + entrant.late_ms;
    if (this.#isSealed) this.#settle({ entrant, by: 'alone', at: now });
    return entrant;
  }

  get #mayStartMore(): boolean {
    return this.#entrants.length < (this.#isSealed ? 1 : this.#most);
  }

  /** The whole flight has gone out over the line, whose way may have taken a while to open. */
  sent(entrant: Entrant, now: number): void {
    entrant.sent ??= now;
    entrant.lastSent = now;
    entrant.flights += 1;
    if (entrant === this.#entrants.at(-1) && this.#next > now) this.#next = now + entrant.late_ms;
  }

  /** When to call `take` again, in the time of `now`; undefined if only an event matters. */
  wakeAt(): number | undefined {
    if (this.#isOver) return undefined;
    let wake = this.#began + RACE_MAX_MS;
    if (this.#weakAt !== undefined) wake = Math.min(wake, this.#weakAt + WEAK_WAIT_MS);
    return this.#mayStartMore && this.#waiting.length > 0 ? Math.min(wake, this.#next) : wake;
  }

  /** The client has sent a datagram that repeats its flight: it has waited for long enough, and so has the race. */
  repeated(now: number): Forwarding {
    if (this.#isOver) return this.#forwarding;
    this.#repeatedAt = now;
    this.#hurry(now);
    return 'all';
  }

  /** Its repetition has gone out over the line as well. */
  resent(entrant: Entrant): void {
    entrant.lastSent = this.#repeatedAt;
    entrant.flights += 1;
  }

  /**
   * The client has sent something else, such as early data: it must reach one server only, and no line may join any more; where none
   * has begun, the first one still does.
   */
  goesOn(now: number): Forwarding {
    if (this.#isOver) return this.#forwarding;
    this.#isSealed = true;
    const [entrant] = this.#entrants;
    if (this.#entrants.length === 1) this.#settle({ entrant, by: 'alone', at: now });
    this.#conclude(now);
    return this.#forwarding;
  }

  get #forwarding(): Forwarding {
    return this.#win === undefined ? 'keep' : 'winner';
  }

  /** Whether a datagram of the line is worth reading: nothing of a winner that has answered, and little of those who forge. */
  mayRead(entrant: Entrant): boolean {
    const isDone = entrant === this.#win?.entrant && (this.#win.by !== 'alone' || entrant.answered !== undefined);
    return !isDone && entrant.forged < FORGED_MAX;
  }

  /** The verdict on a datagram that need not be read. */
  unread(entrant: Entrant): Verdict {
    return entrant === this.#win?.entrant ? 'pass' : 'drop';
  }

  /** A datagram came over the line, from the address that the flight went to. */
  came(entrant: Entrant, answer: ServerAnswer, now: number): Verdict {
    switch (answer) {
      case 'initial':
      case 'retry':
        entrant.answer ??= answer;
        entrant.answered ??= now;
        if (!this.#isOver) this.#settle({ entrant, by: answer, at: now });
        return this.unread(entrant);
      case 'closed':
      case 'negotiation':
        return this.#cameWeak(entrant, answer, now);
      case 'early':
        return this.#isOver ? this.unread(entrant) : 'keep';
      case 'forged':
        entrant.forged += 1;
        if (entrant.forged === 1) this.#hurry(now);
        return this.unread(entrant);
      default:
        return answer satisfies never;
    }
  }

  #cameWeak(entrant: Entrant, answer: 'closed' | 'negotiation', now: number): Verdict {
    if (this.#isOver) return this.unread(entrant);
    const isNew = entrant.weak === undefined;
    // That the server closes is authentic, and more than a list of versions.
    if (isNew || answer === 'closed') entrant.weak = answer;
    this.#weakAt ??= now;
    if (isNew) this.#hurry(now);
    this.#conclude(now);
    return this.#isOver ? this.unread(entrant) : 'keep';
  }

  /** An ICMP error answers what was sent over the line, or its way has failed. */
  failed(entrant: Entrant, failure: EntrantFailure, now: number): void {
    if (entrant.failure === 'failed' || entrant.failure === failure) return;
    entrant.failure = failure;
    this.#hurry(now);
    this.#conclude(now);
  }

  /** The next line may start at once. */
  #hurry(now: number): void {
    if (!this.#isOver) this.#next = Math.min(this.#next, now);
  }

  #settle(win: Win): void {
    this.#win = win;
  }

  /**
   * Whether more can come than what is known. A line that has bounced is not waited for, but still wins with an authentic answer:
   * whoever sees a flow can send ICMP.
   */
  #canImprove(now: number): boolean {
    if (now >= this.#began + RACE_MAX_MS) return false;
    if (this.#weakAt !== undefined && now >= this.#weakAt + WEAK_WAIT_MS) return false;
    if (this.#mayStartMore && (this.#waiting.length > 0 || !this.#offersEnded)) return true;
    return this.#entrants.some(({ isOpen }) => isOpen);
  }

  /** Without hope of a better answer, the best of those that prove little wins; without any, nothing does. */
  #conclude(now: number): void {
    if (this.#isOver || this.#canImprove(now)) return;
    const entrant =
      this.#entrants.find(({ weak }) => weak === 'closed') ?? this.#entrants.find(({ weak }) => weak !== undefined);
    if (entrant?.weak !== undefined) this.#settle({ entrant, by: entrant.weak, at: now });
    else this.#isLost = true;
  }
}
