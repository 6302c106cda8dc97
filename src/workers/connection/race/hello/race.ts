// From the reply to the first byte of a server. If the client begins with a whole ClientHello that may be sent twice, the server
// that answers it carries the connection: attempts.ts asks one server after another. Everything else settles the race at
// once. It reads the client, ends with one value, and does not know what becomes of the sockets.
import { BufferGroup } from '../../../../linux/engine/buffers.js';
import type { Received } from '../../../../linux/engine/engine.js';
import type { Socket } from '../../../../linux/engine/socket.js';
import type { Memory } from '../../../../linux/memory.js';
import { isError } from '../../../../linux/result.js';
import type { DeadlineWheel } from '../../../../protocol/deadline-wheel.js';
import { joined } from '../../../../protocol/joined.js';
import type { Options } from '../../../../protocol/options.js';
import { HELLO_SIZE_MAX, readClientHello } from '../../../../protocol/tls/client-hello.js';
import { canBeginTls } from '../../../../protocol/tls/record.js';
import { TimedHandler } from '../../shared/timed-handler.js';
import type { Learning } from '../known/outcome.js';
import type { ConnectedAttempt, HelloAttempt } from './attempt.js';
import { HelloAttempts, type HelloAttemptsOutcome, type HelloAttemptsParts, type Runners } from './attempts.js';

/** The parts of the actor's context that a hello race needs. */
export interface HelloRaceParts extends HelloAttemptsParts {
  readonly deadlines: DeadlineWheel;
  readonly options: { readonly race: Pick<Options['race'], 'hold_ms' | 'connect_timeout_ms'> };
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

/** The client has gone, no server is left, or an operator has closed it. Everything but the client's socket has been closed. */
export interface Undecided {
  readonly kind: 'reset-by-client' | 'reset-by-destination' | 'closed-by-operator';
}

export interface HelloRaceOutcome<A extends ConnectedAttempt> {
  /** Called once. */
  helloRaceEnded(end: Settled<A> | Undecided): void;
}

/** Whether a race goes on to the first byte: others might answer, and there are descriptors for them. */
export function isHelloRace(
  {
    options,
    budget,
  }: {
    readonly options: { readonly race: Pick<Options['race'], 'until'> };
    readonly budget: { readonly isTight: boolean };
  },
  race: { readonly hasOthers: boolean },
): boolean {
  return options.race.until === 'first-byte' && race.hasOthers && !budget.isTight;
}

export class HelloRace<A extends ConnectedAttempt> extends TimedHandler implements HelloAttemptsOutcome<A> {
  readonly #parts: HelloRaceParts;
  readonly #client: Socket;
  readonly #outcome: HelloRaceOutcome<A>;
  readonly #attempts: HelloAttempts<A>;
  /** The ClientHello as far as it has come; the whole of it after it has been sent. */
  #hello: Uint8Array | undefined;
  #asked = false;
  /** The client is not read, since there is no server at the moment: the one that was there has left. */
  #isHeld = false;

  constructor(parts: HelloRaceParts, race: Runners<A>, winner: A, client: Socket, outcome: HelloRaceOutcome<A>) {
    super();
    this.#parts = parts;
    this.#client = client;
    this.#outcome = outcome;
    this.#attempts = new HelloAttempts(parts, race, winner, this);
  }

  /** `early` are bytes that the client sent before. */
  start(early: Uint8Array | undefined): void {
    const { engine, deadlines, options } = this.#parts;
    const { first } = this.#attempts;
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
      if (isError(result)) this.#giveUp('reset-by-client');
      else this.#commit({ socket, result, memory, offset });
      return;
    }
    const begun = this.#hello;
    if (this.#attempts.open === undefined) this.#hold(result, memory, offset);
    else if (result > 0 && (begun !== undefined || canBeginTls(memory.bytes[offset]))) {
      const chunk = memory.bytes.subarray(offset, offset + result);
      this.#collect(begun === undefined ? chunk.slice() : joined(begun, chunk));
    } else {
      this.#passOn(begun, { socket, result, memory, offset });
    }
  }

  /** Also requested by a race that took long; a receive in flight finds the same. */
  override onPollHangup(): void {
    if (this.#isHeld) this.#giveUp('reset-by-client');
  }

  closeByOperator(): void {
    this.#giveUp('closed-by-operator');
  }

  /** The client has not taken the reply: it has gone. */
  override onUnsent(): void {
    this.#giveUp('reset-by-client');
  }

  /** In time, the client has not sent a ClientHello, no server has answered it, or none has come in the place of another. */
  onDeadline(): void {
    if (this.#asked || this.#attempts.open === undefined) this.#commit(undefined);
    else this.#passOn(this.#hello, undefined);
  }

  /** The client's bytes so far begin like a ClientHello. */
  #collect(hello: Uint8Array): void {
    this.#hello = hello;
    const read = readClientHello(hello, 0, hello.length);
    const isReplayable = read.kind === 'message' && read.size === hello.length && !read.value.earlyData;
    if (isReplayable) this.#ask(hello);
    else if (read.kind === 'incomplete' && hello.length <= HELLO_SIZE_MAX)
      this.#parts.engine.receive(this.#client, BufferGroup.small);
    else this.#passOn(hello, undefined);
  }

  #ask(hello: Uint8Array): void {
    const { engine, deadlines, options } = this.#parts;
    this.#asked = true;
    deadlines.set(this, engine.now + options.race.connect_timeout_ms);
    engine.receive(this.#client, BufferGroup.small);
    this.#attempts.ask(hello);
  }

  /** The race has another connected attempt. */
  joined(): void {
    this.#attempts.joined();
  }

  /** The race has no more attempts. */
  exhausted(): void {
    this.#attempts.exhausted();
  }

  /** A server that speaks first settles the race. */
  spokeFirst({ socket }: HelloAttempt<A>, result: number, memory: Memory, offset: number): void {
    this.#passOn(this.#hello, { socket, result, memory, offset });
  }

  /** The server may only have ended its direction, so it is not kept waiting for long. */
  vacant(): void {
    const { engine, deadlines, options } = this.#parts;
    deadlines.set(this, engine.now + options.race.hold_ms);
  }

  replaced(): void {
    const said = this.#hello;
    if (this.#attempts.open?.firstBytes !== undefined) this.#passOn(said, undefined);
    else if (this.#isHeld) {
      this.#isHeld = false;
      if (said !== undefined && canBeginTls(said[0])) this.#collect(said);
      else this.#passOn(said, undefined);
    }
  }

  /** Keeps what the client has said for the server that is coming. The end of its stream is received again later. */
  #hold(result: number, memory: Memory, offset: number): void {
    if (isError(result)) {
      this.#giveUp('reset-by-client');
      return;
    }
    if (result > 0) {
      const said = memory.bytes.subarray(offset, offset + result);
      this.#hello = this.#hello === undefined ? said.slice() : joined(this.#hello, said);
    }
    this.#isHeld = true;
    this.#parts.engine.pollHangup(this.#client);
  }

  answered(winner: HelloAttempt<A>, result: number, memory: Memory, offset: number): void {
    this.#settle(winner, undefined, { socket: winner.socket, result, memory, offset });
  }

  allRefused(): void {
    this.#commit(undefined);
  }

  /**
   * All servers have refused or left, the client has sent more than its ClientHello, or it has waited long enough: the first
   * server that may still answer carries the connection; if none may, the most telling refusal is passed on.
   */
  #commit(event: Received | undefined): void {
    const kept = this.#attempts.open ?? this.#attempts.mostTelling;
    if (kept.refusal === 'broken') this.#giveUp('reset-by-destination');
    else this.#settle(kept, kept.isAsked ? undefined : this.#hello, event);
  }

  /** Nothing to decide here: the open server gets the client's bytes. */
  #passOn(early: Uint8Array | undefined, event: Received | undefined): void {
    this.#settle(this.#attempts.open as HelloAttempt<A>, early, event);
  }

  #settle(kept: HelloAttempt<A>, early: Uint8Array | undefined, event: Received | undefined): void {
    this.#finish(kept);
    const { attempt: winner, socket, reached, unsent, firstBytes } = kept;
    const firstByte = kept.isAsked || !kept.isOpen ? undefined : reached;
    const sent = kept.isAsked ? (this.#hello as Uint8Array).length : 0;
    const kind = 'settled';
    this.#outcome.helloRaceEnded({ kind, winner, socket, firstByte, early, sent, unsent, firstBytes, event });
  }

  #giveUp(kind: Undecided['kind']): void {
    this.#finish(undefined);
    this.#outcome.helloRaceEnded({ kind });
  }

  /** Ends everything but one attempt and the client. */
  #finish(kept: HelloAttempt<A> | undefined): void {
    this.#parts.deadlines.clear(this);
    this.#attempts.end(kept);
  }
}
