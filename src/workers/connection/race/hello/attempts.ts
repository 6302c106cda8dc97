// The servers of one hello race, which get the client's whole ClientHello one after another: the winner of the race first, and
// the next one when no answer comes in time, or none that is TLS. It finds out which server answers, and whom to blame when it
// was not the first. It knows no client, and does not decide which server carries the connection.
import type { Engine } from '../../../../linux/engine/engine.js';
import type { Memory } from '../../../../linux/memory.js';
import type { DeadlineWheel, Expiring } from '../../../../protocol/deadline-wheel.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import { appended, EMPTY } from '../../../../protocol/race/short-list.js';
import { Counter } from '../../../../threads/shared/counters.js';
import { LineCount, type LineCounts } from '../../../../threads/shared/line-counts.js';
import type { AttemptBudget } from '../../shared/dialling/attempt-budget.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import type { Learning } from '../known/outcome.js';
import { type ConnectedAttempt, HelloAttempt, type HelloAttemptOutcome, REFUSALS } from './attempt.js';

/** The parts of the actor's context that hello attempts need. */
export interface HelloAttemptsParts {
  readonly engine: Engine;
  readonly ticks: DeadlineWheel;
  readonly budget: Pick<AttemptBudget, 'letGo'>;
  readonly health: Pick<LineHealth, 'silent'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
  readonly counters: Float64Array;
  readonly lineCounts: Pick<LineCounts, 'add'>;
}

/** The race, which has the connected attempts. */
export interface Runners<A extends ConnectedAttempt> {
  /** Another connected attempt; `coming`: `joined` or `exhausted` is called later; `none`: there is no other. */
  another(): A | 'coming' | 'none';
  /** Within which time an attempt should answer, by what is known, in ms. */
  answersWithin(attempt: A): number;
  /** Takes what is learned from an attempt's answer; undefined if there is nothing to learn. */
  reached(attempt: A): Learning | undefined;
  /** The whole ClientHello, which is sent to the winner now. */
  said?(hello: Uint8Array): void;
  cancel(): void;
}

export interface HelloAttemptsOutcome<A extends ConnectedAttempt> {
  /** A server has sent bytes before it was asked. */
  spokeFirst(first: HelloAttempt<A>, result: number, memory: Memory, offset: number): void;
  /** A server has left before it was asked, and another one is coming: none is `open`, and `replaced` or `allRefused` follows. */
  vacant(): void;
  /** A server has left before it was asked, and another one has its place: it is `open`. */
  replaced(): void;
  /** A server takes part in the handshake: its `firstBytes`, and behind them the bytes that have just come, go to the client. */
  answered(winner: HelloAttempt<A>, result: number, memory: Memory, offset: number): void;
  /** All servers have refused or left, and there is no other. */
  allRefused(): void;
}

export class HelloAttempts<A extends ConnectedAttempt> implements HelloAttemptOutcome<A>, Expiring {
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly #parts: HelloAttemptsParts;
  readonly #race: Runners<A>;
  readonly #outcome: HelloAttemptsOutcome<A>;
  /**
   * The first is the winner of the race. Those before the last have left before they were asked, or have been asked in this
   * order.
   */
  #all: readonly HelloAttempt<A>[] = EMPTY;
  /** The ClientHello, once it has been sent. */
  #hello: Uint8Array | undefined;
  /** Whether the race has promised another attempt. */
  #expects = false;
  #over = false;

  constructor(parts: HelloAttemptsParts, race: Runners<A>, winner: A, outcome: HelloAttemptsOutcome<A>) {
    this.#parts = parts;
    this.#race = race;
    this.#outcome = outcome;
    this.#add(winner);
  }

  #add(attempt: A): HelloAttempt<A> {
    const added = new HelloAttempt(this.#parts.engine, attempt, this.#race.reached(attempt), this);
    this.#all = appended(this.#all, added);
    return added;
  }

  /** The winner of the race. */
  get first(): HelloAttempt<A> {
    return this.#all[0];
  }

  /** The one that was asked first of those that may still answer. */
  get open(): HelloAttempt<A> | undefined {
    return this.#all.find(({ isOpen }) => isOpen);
  }

  /** The one with the most telling refusal, where all have refused or left. One that was asked tells more than one that left. */
  get mostTelling(): HelloAttempt<A> {
    const asked = this.#all.filter(({ isAsked }) => isAsked);
    const all = asked.length > 0 ? asked : this.#all;
    const told = REFUSALS.map((refusal) => all.find((one) => one.refusal === refusal));
    return told.find((one) => one !== undefined) as HelloAttempt<A>;
  }

  /** Sends the whole ClientHello to the server that is `open`, and to others later. */
  ask(hello: Uint8Array): void {
    this.#hello = hello;
    this.#askOne(this.open as HelloAttempt<A>);
    if (!this.#over) this.#race.said?.(hello);
  }

  #askOne(asked: HelloAttempt<A>): void {
    const within_ms = this.#race.answersWithin(asked.attempt);
    asked.ask(this.#hello as Uint8Array, within_ms);
    if (!this.#over && asked.isOpen) this.#parts.ticks.set(this, asked.due);
  }

  /** The server that was asked last is late. */
  onDeadline(): void {
    this.#askNext();
  }

  #askNext(): void {
    if (this.#over || this.#expects) return;
    const next = this.#race.another();
    if (next === 'coming') {
      this.#expects = true;
      if (this.#hello === undefined) this.#outcome.vacant();
    } else if (next === 'none') this.exhausted();
    else this.#take(this.#add(next));
  }

  #take(next: HelloAttempt<A>): void {
    if (this.#hello === undefined) {
      // A connection of a proxy may begin with bytes of the server.
      if (next.firstBytes === undefined) next.listen();
      this.#outcome.replaced();
      return;
    }
    this.#parts.counters[Counter.replays] += 1;
    this.#askOne(next);
  }

  /** The race has another connected attempt. */
  joined(): void {
    this.#expects = false;
    this.#askNext();
  }

  /** The race has no more attempts. Servers that were asked may still answer. */
  exhausted(): void {
    this.#expects = false;
    if (!this.#over && this.open === undefined) this.#outcome.allRefused();
  }

  spokeFirst(first: HelloAttempt<A>, result: number, memory: Memory, offset: number): void {
    this.#outcome.spokeFirst(first, result, memory, offset);
  }

  answered(winner: HelloAttempt<A>, result: number, memory: Memory, offset: number): void {
    if (this.#over) return;
    const { now } = this.#parts.engine;
    const { attempt, reached } = winner;
    attempt.answeredAt = now;
    reached?.answered('tls', now - attempt.askedAt);
    if (winner !== this.#all.find(({ isAsked }) => isAsked)) this.#parts.counters[Counter.rescued] += 1;
    this.#blame(winner);
    this.#outcome.answered(winner, result, memory, offset);
  }

  /** Blames the servers that were asked and did not answer in time, now that another one has. */
  #blame(winner: HelloAttempt<A>): void {
    const { engine, health, routes, lineCounts } = this.#parts;
    for (const asked of this.#all) {
      if (asked === winner || engine.now < asked.due) continue;
      const { attempt } = asked;
      if (asked.isOpen) {
        attempt.result = 'silent';
        asked.reached?.late();
      }
      const { line } = attempt.candidate;
      if (asked.isAsked) lineCounts.add(line, LineCount.unanswered);
      if (attempt.line.isDirect || line === winner.attempt.candidate.line) continue;
      if (asked.refusal !== 'alert' && health.silent(line, engine.now))
        routes.tell({ kind: 'early', line, early: true });
    }
  }

  refused(asked: HelloAttempt<A>): void {
    const { refusal, attempt, reached } = asked;
    const result = refusal === 'other' ? 'not-tls' : 'silent';
    asked.due = this.#parts.engine.now;
    attempt.result = asked.isAsked ? result : 'left';
    reached?.failed(result);
    this.#askNext();
  }

  /** Ends the race and closes all sockets but that of `kept`. */
  end(kept: HelloAttempt<A> | undefined): void {
    this.#over = true;
    this.#parts.ticks.clear(this);
    this.#race.cancel();
    // One of them is the connection's own, and not held in reserve.
    this.#parts.budget.letGo(this.#all.length - 1);
    for (const attempt of this.#all) if (attempt !== kept) this.#parts.engine.close(attempt.socket, 'reset');
  }
}
