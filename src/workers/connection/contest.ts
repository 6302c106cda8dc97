// From the reply to the first byte of a server: where the client begins with a whole ClientHello that may be sent twice,
// the candidate carries the connection that really answers it. The ClientHello goes to the winner of the race, and the
// same bytes to the next one when no answer comes in time, or none that is TLS. Anything else is relayed untouched.
import { BufferGroup } from '../../linux/engine.js';
import type { Memory } from '../../linux/memory.js';
import type { Socket } from '../../linux/socket.js';
import { Deadline } from '../../protocol/deadline-wheel.js';
import { HELLO_SIZE_MAX, readClientHello } from '../../protocol/tls-hello.js';
import { canBeginTls } from '../../protocol/tls-record.js';
import { Counter } from '../../threads/counters.js';
import type { Attempt } from './attempt.js';
import { Contender, type ContenderOutcome, REFUSALS } from './contender.js';
import type { Context } from './context.js';
import type { Race } from './race.js';
import type { Reached } from './reached.js';
import { Reading, type Relay } from './relay.js';
import { TimedHandler } from './timed-listener.js';

export interface ContestOutcome {
  /** Settled: gives the relay that takes over. `reached`: whose first words are still to be heard. */
  settled(winner: Attempt, destination: Socket, reached: Reached | undefined): Relay;
  /** The client has gone, or no server is left; everything but the client's socket has been closed. */
  undecided(how: 'reset-by-client' | 'reset-by-destination'): void;
}

export class Contest extends TimedHandler implements ContenderOutcome {
  readonly #context: Context;
  readonly #race: Race;
  readonly #client: Socket;
  readonly #outcome: ContestOutcome;
  /** When the next server is late. */
  readonly #late = new Deadline(() => this.#another());
  /** In the order in which they were asked; the first is the winner of the race. */
  readonly #contenders: Contender[] = [];
  /** What has come of a ClientHello, and the whole of it once it has been sent. */
  #hello: Uint8Array | undefined;
  #asked = false;
  /** Whether the race has promised one more. */
  #expects = false;
  #over = false;

  constructor(context: Context, race: Race, winner: Attempt, client: Socket, outcome: ContestOutcome) {
    super();
    this.#context = context;
    this.#race = race;
    this.#client = client;
    this.#outcome = outcome;
    this.#contenders.push(new Contender(context, winner, race.reached(winner), this));
  }

  /** `early`: bytes of the client that came before. */
  start(early: Uint8Array | undefined): void {
    const { engine, deadlines, options } = this.#context;
    const [first] = this.#contenders;
    const { words } = first;
    if (words !== undefined) {
      this.#passOn(early, Reading.none);
      return;
    }
    engine.handOver(this.#client, this);
    deadlines.set(this, engine.now + options.race.hold_ms);
    first.listen();
    if (early === undefined) engine.receive(this.#client, BufferGroup.small);
    else if (canBeginTls(early[0])) this.#collect(early);
    else this.#passOn(early, Reading.destination);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (this.#asked) {
      // Its end is no more than its last word: the server's may still follow.
      if (result < 0) this.#end('reset-by-client');
      else this.#commit()?.onReceive(socket, result, memory, offset);
      return;
    }
    const begun = this.#hello;
    if (result > 0 && (begun !== undefined || canBeginTls(memory.bytes[offset]))) {
      const chunk = memory.bytes.subarray(offset, offset + result);
      this.#collect(begun === undefined ? chunk.slice() : joined(begun, chunk));
    } else {
      this.#passOn(begun, Reading.both).onReceive(socket, result, memory, offset);
    }
  }

  /** A server that speaks first, ends or breaks settles it. */
  spokeFirst(contender: Contender, result: number, memory: Memory, offset: number): void {
    this.#passOn(this.#hello, Reading.both).onReceive(contender.socket, result, memory, offset);
  }

  override onPollHangup(): void {
    // Asked for by a race that took long; the receive in flight finds the same.
  }

  /** The reply was not taken: the client has gone. */
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
    else this.#passOn(hello, Reading.destination);
  }

  #ask(): void {
    const { engine, deadlines, options } = this.#context;
    const [first] = this.#contenders;
    this.#asked = true;
    deadlines.set(this, engine.now + options.race.connect_timeout_ms);
    engine.receive(this.#client, BufferGroup.small);
    this.#askOne(first);
  }

  #askOne(contender: Contender): void {
    const within_ms = this.#race.answersWithin(contender.attempt);
    contender.ask(this.#hello as Uint8Array, within_ms);
    if (!this.#over && contender.isOpen) this.#context.ticks.set(this.#late, contender.due);
  }

  /** What has been asked is late, or has refused: the next one, if there is one. */
  #another(): void {
    if (this.#over || this.#expects) return;
    const next = this.#race.another();
    if (next === 'coming') this.#expects = true;
    else if (next === 'none') this.exhausted();
    else this.#join(next);
  }

  #join(attempt: Attempt): void {
    const contender = new Contender(this.#context, attempt, this.#race.reached(attempt), this);
    this.#contenders.push(contender);
    this.#context.counters[Counter.replays] += 1;
    this.#askOne(contender);
  }

  /** The race has one more connected. */
  joined(): void {
    this.#expects = false;
    this.#another();
  }

  /** The race has no more: whoever has been asked may still answer, and if nobody can, the best refusal is passed on. */
  exhausted(): void {
    this.#expects = false;
    if (!this.#over && !this.#contenders.some(({ isOpen }) => isOpen)) this.#commit();
  }

  answered(contender: Contender, result: number, memory: Memory, offset: number): void {
    if (this.#over) return;
    const { attempt } = contender;
    const { now } = this.#context.engine;
    attempt.answeredAt = now;
    contender.reached?.answered('tls', now - attempt.askedAt);
    if (contender !== this.#contenders[0]) this.#context.counters[Counter.rescued] += 1;
    this.#blame(contender);
    // What came before goes first; what has just come then counts as any other receive.
    this.#settle(contender, Reading.both).onReceive(contender.socket, result, memory, offset);
  }

  /** Those who were asked in time and did not answer, now that another one has. */
  #blame(winner: Contender): void {
    const { engine, health, routes } = this.#context;
    for (const contender of this.#contenders) {
      if (contender === winner || engine.now < contender.due) continue;
      const { attempt } = contender;
      if (contender.isOpen) {
        attempt.result = 'silent';
        contender.reached?.late();
      }
      const { line } = attempt.candidate;
      if (attempt.line.isDirect || line === winner.attempt.candidate.line) continue;
      if (contender.refusal !== 'alert' && health.silent(line, engine.now))
        routes.tell({ kind: 'early', line, early: true });
    }
  }

  refused(contender: Contender): void {
    const { refusal, attempt, reached } = contender;
    contender.due = this.#context.engine.now;
    attempt.result = refusal === 'other' ? 'not-tls' : 'silent';
    reached?.failed(refusal === 'other' ? 'not-tls' : 'silent');
    this.#another();
  }

  /** The client has not spoken, or then nothing has been decided, in time. */
  onDeadline(): void {
    if (this.#asked) this.#commit();
    else this.#passOn(this.#hello, Reading.both);
  }

  /**
   * The client has said more than its ClientHello, or waited long enough: whoever was asked first has it, and if nobody
   * can answer any more, the most telling refusal is passed on.
   */
  #commit(): Relay | undefined {
    const open = this.#contenders.find(({ isOpen }) => isOpen);
    if (open !== undefined) return this.#settle(open, Reading.both);
    const told = REFUSALS.map((refusal) => this.#contenders.find((one) => one.refusal === refusal));
    const contender = told.find((one) => one !== undefined) as Contender;
    if (contender.refusal !== 'broken') return this.#settle(contender, Reading.client);
    this.#end('reset-by-destination');
    return undefined;
  }

  /** Not for us to decide: the winner of the race gets what the client has said. */
  #passOn(early: Uint8Array | undefined, reading: Reading): Relay {
    const [{ attempt, socket, reached, words }] = this.#contenders;
    this.#finish();
    const relay = this.#outcome.settled(attempt, socket, reached);
    relay.start(early, words, reading);
    return relay;
  }

  #settle(contender: Contender, reading: Reading): Relay {
    const { attempt, socket, words, unsent } = contender;
    this.#finish(contender);
    const relay = this.#outcome.settled(attempt, socket, undefined);
    relay.takeOver((this.#hello as Uint8Array).length, unsent);
    relay.start(undefined, words, reading);
    return relay;
  }

  #end(how: 'reset-by-client' | 'reset-by-destination'): void {
    const [{ socket }] = this.#contenders;
    this.#finish(this.#contenders[0]);
    this.#context.engine.close(socket, 'reset');
    this.#outcome.undecided(how);
  }

  /** Ends everything but one contender (the first) and the client. */
  #finish(kept = this.#contenders[0]): void {
    this.#over = true;
    this.#context.deadlines.clear(this);
    this.#context.ticks.clear(this.#late);
    this.#race.cancel();
    // One of them is the connection's own.
    this.#context.budget.letGo(this.#contenders.length - 1);
    for (const contender of this.#contenders) {
      if (contender !== kept) this.#context.engine.close(contender.socket, 'reset');
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
