// From the reply to the first byte of a server. If the client begins with a whole ClientHello that may be sent twice, the server
// that answers it carries the connection: the ClientHello goes to the winner of the race, and the same bytes go to the next
// candidate when no answer comes in time, or none that is TLS. Everything else settles the race at once. It ends with one value,
// and does not know what becomes of the sockets.

import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Engine, Received } from '../../../linux/engine/engine.js';
import type { Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import { isError } from '../../../linux/result.js';
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import { joined } from '../../../protocol/joined.js';
import type { Options } from '../../../protocol/options.js';
import type { LineHealth } from '../../../protocol/race/line-health.js';
import { HELLO_SIZE_MAX, readClientHello } from '../../../protocol/tls/client-hello.js';
import { canBeginTls } from '../../../protocol/tls/record.js';
import { Counter } from '../../../threads/shared/counters.js';
import type { AttemptBudget } from '../shared/attempt-budget.js';
import type { RoutesReplica } from '../shared/routes-replica.js';
import { TimedHandler } from '../shared/timed-handler.js';
import {
  type ConnectedAttempt,
  HelloAttempt,
  type HelloAttemptOutcome,
  type Learning,
  REFUSALS,
} from './hello-attempt.js';

/** The parts of the actor's context that a hello race needs. */
export interface HelloRacing {
  readonly engine: Engine;
  readonly deadlines: DeadlineWheel;
  readonly ticks: DeadlineWheel;
  readonly options: { readonly race: Pick<Options['race'], 'hold_ms' | 'connect_timeout_ms'> };
  readonly budget: Pick<AttemptBudget, 'letGo'>;
  readonly health: Pick<LineHealth, 'silent'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
  readonly counters: Float64Array;
}

/** The race, which has the connected attempts. */
export interface Runners<A extends ConnectedAttempt> {
  /** Another connected attempt; `coming`: `joined` or `exhausted` is called later; `none`: there is no other. */
  another(): A | 'coming' | 'none';
  /** Within which time an attempt should answer, by what is known, in ms. */
  answersWithin(attempt: A): number;
  /** Takes what is learned from an attempt's answer; undefined if there is nothing to learn. */
  reached(attempt: A): Learning | undefined;
  cancel(): void;
}

/** One server carries the connection; the caller owns its socket. */
export interface Settled<A extends ConnectedAttempt> {
  readonly kind: 'settled';
  readonly winner: A;
  readonly socket: Socket;
  /** Still to be given the result of the server's first byte; undefined if nothing is to be learned. */
  readonly firstByte: Learning | undefined;
  /** Bytes of the client that have been read and not been sent. */
  readonly early: Uint8Array | undefined;
  /** How many bytes of the client have been sent, and those that the socket has not taken; it is polled for room. */
  readonly sent: number;
  readonly unsent: Uint8Array | undefined;
  /** Bytes of the server that have been read. */
  readonly firstBytes: Uint8Array | undefined;
  /** The receive at the client or the server that settled the race, if one did; to be passed on at once. */
  readonly event: Received | undefined;
}

/** The client has gone, or no server is left. Everything but the client's socket has been closed. */
export interface Undecided {
  readonly kind: 'reset-by-client' | 'reset-by-destination';
}

export interface HelloRaceOutcome<A extends ConnectedAttempt> {
  /** Called once. */
  helloRaceEnded(end: Settled<A> | Undecided): void;
}

export class HelloRace<A extends ConnectedAttempt> extends TimedHandler implements HelloAttemptOutcome<A> {
  readonly #context: HelloRacing;
  readonly #race: Runners<A>;
  readonly #client: Socket;
  readonly #outcome: HelloRaceOutcome<A>;
  /** Runs when the server that was asked last is late. */
  readonly #late = new Deadline(() => this.#another());
  /** In the order in which they were asked; the first is the winner of the race. */
  readonly #attempts: HelloAttempt<A>[] = [];
  /** The ClientHello as far as it has come; the whole of it after it has been sent. */
  #hello: Uint8Array | undefined;
  #asked = false;
  /** Whether the race has promised another attempt. */
  #expects = false;
  #over = false;

  constructor(context: HelloRacing, race: Runners<A>, winner: A, client: Socket, outcome: HelloRaceOutcome<A>) {
    super();
    this.#context = context;
    this.#race = race;
    this.#client = client;
    this.#outcome = outcome;
    this.#attempts.push(new HelloAttempt(context.engine, winner, race.reached(winner), this));
  }

  /** `early` are bytes that the client sent before. */
  start(early: Uint8Array | undefined): void {
    const { engine, deadlines, options } = this.#context;
    const [first] = this.#attempts;
    if (first.firstBytes !== undefined) {
      this.#passOn(early, undefined);
      return;
    }
    engine.handOver(this.#client, this);
    deadlines.set(this, engine.now + options.race.hold_ms);
    first.listen();
    if (early === undefined) engine.receive(this.#client, BufferGroup.small);
    else if (canBeginTls(early[0])) this.#collect(early);
    else this.#passOn(early, undefined);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (this.#asked) {
      // After its end of stream the server's bytes may still follow.
      if (isError(result)) this.#end('reset-by-client');
      else this.#commit({ socket, result, memory, offset });
      return;
    }
    const begun = this.#hello;
    if (result > 0 && (begun !== undefined || canBeginTls(memory.bytes[offset]))) {
      const chunk = memory.bytes.subarray(offset, offset + result);
      this.#collect(begun === undefined ? chunk.slice() : joined(begun, chunk));
    } else {
      this.#passOn(begun, { socket, result, memory, offset });
    }
  }

  /** A server that speaks first, ends or breaks settles the race. */
  spokeFirst({ socket }: HelloAttempt<A>, result: number, memory: Memory, offset: number): void {
    this.#passOn(this.#hello, { socket, result, memory, offset });
  }

  override onPollHangup(): void {
    // Requested by a race that took long; the receive in flight finds the same.
  }

  /** The client has not taken the reply: it has gone. */
  override onUnsent(): void {
    this.#end('reset-by-client');
  }

  /** The client's bytes so far begin like a ClientHello. */
  #collect(hello: Uint8Array): void {
    this.#hello = hello;
    const read = readClientHello(hello, 0, hello.length);
    const isReplayable = read.kind === 'message' && read.size === hello.length && !read.value.earlyData;
    if (isReplayable) this.#ask();
    else if (read.kind === 'incomplete' && hello.length <= HELLO_SIZE_MAX)
      this.#context.engine.receive(this.#client, BufferGroup.small);
    else this.#passOn(hello, undefined);
  }

  #ask(): void {
    const { engine, deadlines, options } = this.#context;
    const [first] = this.#attempts;
    this.#asked = true;
    deadlines.set(this, engine.now + options.race.connect_timeout_ms);
    engine.receive(this.#client, BufferGroup.small);
    this.#askOne(first);
  }

  #askOne(asked: HelloAttempt<A>): void {
    const within_ms = this.#race.answersWithin(asked.attempt);
    asked.ask(this.#hello as Uint8Array, within_ms);
    if (!this.#over && asked.isOpen) this.#context.ticks.set(this.#late, asked.due);
  }

  /** The server that was asked is late or has refused: asks the next one, if there is one. */
  #another(): void {
    if (this.#over || this.#expects) return;
    const next = this.#race.another();
    if (next === 'coming') this.#expects = true;
    else if (next === 'none') this.exhausted();
    else this.#join(next);
  }

  #join(attempt: A): void {
    const joined = new HelloAttempt(this.#context.engine, attempt, this.#race.reached(attempt), this);
    this.#attempts.push(joined);
    this.#context.counters[Counter.replays] += 1;
    this.#askOne(joined);
  }

  /** The race has another connected attempt. */
  joined(): void {
    this.#expects = false;
    this.#another();
  }

  /** The race has no more attempts. Servers that were asked may still answer; if none can, the best refusal is passed on. */
  exhausted(): void {
    this.#expects = false;
    if (!this.#over && !this.#attempts.some(({ isOpen }) => isOpen)) this.#commit(undefined);
  }

  answered(winner: HelloAttempt<A>, result: number, memory: Memory, offset: number): void {
    if (this.#over) return;
    const { attempt, socket } = winner;
    const { now } = this.#context.engine;
    attempt.answeredAt = now;
    winner.reached?.answered('tls', now - attempt.askedAt);
    if (winner !== this.#attempts[0]) this.#context.counters[Counter.rescued] += 1;
    this.#blame(winner);
    this.#settle(winner, { socket, result, memory, offset });
  }

  /** Blames the servers that were asked and did not answer in time, now that another one has. */
  #blame(winner: HelloAttempt<A>): void {
    const { engine, health, routes } = this.#context;
    for (const asked of this.#attempts) {
      if (asked === winner || engine.now < asked.due) continue;
      const { attempt } = asked;
      if (asked.isOpen) {
        attempt.result = 'silent';
        asked.reached?.late();
      }
      const { line } = attempt.candidate;
      if (attempt.line.isDirect || line === winner.attempt.candidate.line) continue;
      if (asked.refusal !== 'alert' && health.silent(line, engine.now))
        routes.tell({ kind: 'early', line, early: true });
    }
  }

  refused(asked: HelloAttempt<A>): void {
    const { refusal, attempt, reached } = asked;
    asked.due = this.#context.engine.now;
    attempt.result = refusal === 'other' ? 'not-tls' : 'silent';
    reached?.failed(refusal === 'other' ? 'not-tls' : 'silent');
    this.#another();
  }

  /** In time, the client has not sent a ClientHello, or no server has answered it. */
  onDeadline(): void {
    if (this.#asked) this.#commit(undefined);
    else this.#passOn(this.#hello, undefined);
  }

  /**
   * The client has sent more than its ClientHello, or has waited long enough: the first server that may still answer carries the
   * connection; if none may, the most telling refusal is passed on.
   */
  #commit(event: Received | undefined): void {
    const open = this.#attempts.find(({ isOpen }) => isOpen);
    if (open !== undefined) {
      this.#settle(open, event);
      return;
    }
    const told = REFUSALS.map((refusal) => this.#attempts.find((one) => one.refusal === refusal));
    const refused = told.find((one) => one !== undefined) as HelloAttempt<A>;
    if (refused.refusal === 'broken') this.#end('reset-by-destination');
    else this.#settle(refused, event);
  }

  /** Nothing to decide here: the winner of the race gets the client's bytes. */
  #passOn(early: Uint8Array | undefined, event: Received | undefined): void {
    const [winner] = this.#attempts;
    const { attempt, socket, reached, firstBytes } = winner;
    this.#finish(winner);
    this.#outcome.helloRaceEnded({
      kind: 'settled',
      winner: attempt,
      socket,
      firstByte: reached,
      early,
      sent: 0,
      unsent: undefined,
      firstBytes,
      event,
    });
  }

  #settle(winner: HelloAttempt<A>, event: Received | undefined): void {
    const { attempt, socket, firstBytes, unsent } = winner;
    const sent = (this.#hello as Uint8Array).length;
    this.#finish(winner);
    this.#outcome.helloRaceEnded({
      kind: 'settled',
      winner: attempt,
      socket,
      firstByte: undefined,
      early: undefined,
      sent,
      unsent,
      firstBytes,
      event,
    });
  }

  #end(kind: Undecided['kind']): void {
    const [first] = this.#attempts;
    this.#finish(first);
    this.#context.engine.close(first.socket, 'reset');
    this.#outcome.helloRaceEnded({ kind });
  }

  /** Ends everything but one attempt and the client. */
  #finish(kept: HelloAttempt<A>): void {
    this.#over = true;
    this.#context.deadlines.clear(this);
    this.#context.ticks.clear(this.#late);
    this.#race.cancel();
    // One of them is the connection's own, and not held in reserve.
    this.#context.budget.letGo(this.#attempts.length - 1);
    for (const attempt of this.#attempts) {
      if (attempt !== kept) this.#context.engine.close(attempt.socket, 'reset');
    }
  }
}
