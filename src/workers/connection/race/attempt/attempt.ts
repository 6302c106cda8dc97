// One attempt to reach the target: one line, one address of its first hop. It binds the line's source, connects, and asks the
// line's proxies, if any, one after the other. It is over when it reports its outcome, or when it is abandoned.
import { lendAddress } from '../../../../linux/addresses.js';
import { BufferGroup } from '../../../../linux/engine/buffers.js';
import type { Engine } from '../../../../linux/engine/engine.js';
import type { Socket } from '../../../../linux/engine/socket.js';
import type { Memory } from '../../../../linux/memory.js';
import { isEnd, isError, wouldBlock } from '../../../../linux/result.js';
import * as sockets from '../../../../linux/sockets.js';
import { leaveFrom } from '../../../../linux/source.js';
import { sameIp } from '../../../../protocol/address/same-ip.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { DeadlineWheel } from '../../../../protocol/deadline-wheel.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { Options } from '../../../../protocol/options.js';
import { Chain, type ChainStep } from '../../../../protocol/outbound/chain.js';
import type { Bound } from '../../../../protocol/outbound/outbound.js';
import { type Failure, failureOf, failureTowards, type Towards } from '../../../../protocol/race/failure.js';
import type { AttemptResult } from '../../../../protocol/race/record.js';
import type { Circles } from '../../shared/dialling/circles.js';
import type { Crowd } from '../../shared/dialling/crowds.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Links, OverLink } from '../../shared/dialling/links.js';
import { TimedHandler } from '../../shared/timed-handler.js';
import type { Trace } from '../../shared/trace.js';
import { failureOfBind, failureOfConnect, failureOfResult } from './causes.js';
import { isToItself } from './to-itself.js';

/** The parts of the actor's context that an attempt needs. */
export interface AttemptParts {
  readonly engine: Pick<Engine, 'now' | 'adopt' | 'connect' | 'sendCopy' | 'receive' | 'close'>;
  readonly deadlines: DeadlineWheel;
  readonly options: Pick<Options, 'tcp_user_timeout_ms'> & {
    readonly race: Pick<Options['race'], 'connect_timeout_ms'>;
  };
  readonly lines: readonly DialLine[];
  readonly circles: Pick<Circles, 'depthToTell'>;
  readonly links: Pick<Links, 'begins' | 'ends' | 'whyOut' | 'sourceFor'>;
  readonly trace: Trace | undefined;
}

/** An attempt as those see it that do not handle its socket's events. */
export type RaceAttempt = Omit<Attempt, keyof TimedHandler | keyof OverLink>;

/** Makes an attempt, which is still to be started. */
export type MakeAttempt = (candidate: Candidate, target: Target, outcome: AttemptOutcome) => RaceAttempt;

/** Gets the outcome of an attempt in exactly one call, unless the attempt is abandoned. */
export interface AttemptOutcome {
  /** How many gateways the request has passed. */
  readonly depth: number;
  connected(attempt: RaceAttempt): void;
  failed(attempt: RaceAttempt, failure: Failure): void;
}

/** The outcome of starting an attempt. */
export type AttemptStart = typeof STARTED | Failure;

export const STARTED = { code: 'started' } as const;
const TIMED_OUT = failureOf('timed-out');
const CLOGGED = failureOf('proxy-unreachable', 'it takes no bytes');
const TO_ITSELF = failureOf('refused', 'it was connected to itself');
const HUNG_UP = failureOf('unexplained', 'it hung up');
const NO_SOURCE = failureOf('source-unavailable', 'its interface has no address of this family');

export class Attempt extends TimedHandler implements OverLink {
  readonly candidate: Candidate;
  readonly line: DialLine;
  /**
   * Milliseconds of the engine's clock; NaN for what has not happened. They begin in the constructor: for a field that begins
   * with NaN here, V8 would allocate a number of its own.
   */
  started: number;
  connectedAt: number;
  /** When a ClientHello was sent to it, and when the destination's first byte came. */
  askedAt: number;
  answeredAt: number;
  /** When it failed or was given up. */
  endedAt: number;
  /** Its result; undefined while it is under way. */
  result: AttemptResult | undefined;
  /** Why it failed by itself. */
  failure: Failure | undefined;
  /** The address from which the destination is reached: the local one, or the one that the last proxy reported. */
  bound: Bound | undefined;
  /** The crowd in which it is counted: attempts of its line for its destination. */
  crowd: Crowd | undefined;
  /** Bytes that the destination sent together with the last proxy's reply. */
  rest: Uint8Array | undefined;
  readonly #parts: AttemptParts;
  readonly #target: Target;
  readonly #outcome: AttemptOutcome;
  #socket: Socket | undefined;
  #chain: Chain | undefined;

  constructor(parts: AttemptParts, candidate: Candidate, target: Target, outcome: AttemptOutcome) {
    super();
    this.#parts = parts;
    this.candidate = candidate;
    this.line = parts.lines[candidate.line];
    this.#target = target;
    this.#outcome = outcome;
    this.started = Number.NaN;
    this.connectedAt = Number.NaN;
    this.askedAt = Number.NaN;
    this.answeredAt = Number.NaN;
    this.endedAt = Number.NaN;
  }

  /** Once it has started its outcome is told; why it cannot even start is given at once. */
  start(): AttemptStart {
    const { engine, deadlines, options, links } = this.#parts;
    this.started = engine.now;
    const { hasLink, number } = this.line;
    const start = (hasLink ? links.whyOut(this.line) : undefined) ?? this.dial();
    if (start.code === 'started') {
      if (hasLink) links.begins(number, this);
      deadlines.set(this, engine.now + options.race.connect_timeout_ms);
      return start;
    }
    this.failure = failureTowards(this.towards, start);
    this.result = this.failure.code;
    this.endedAt = this.started;
    const { code: cause, detail } = this.failure;
    this.#parts.trace?.step(this, this.#target, 'could not start', { cause, detail });
    return this.failure;
  }

  /** Begins to connect. */
  protected dial(): AttemptStart {
    const { engine, options, links } = this.#parts;
    const { line } = this;
    const { ip } = this.candidate;
    const source = line.isAuto ? links.sourceFor(line, ip.length) : line;
    if (source === undefined) return NO_SOURCE;
    const fd = sockets.openStream(ip.length);
    if (isError(fd)) return failureOfResult(fd);
    if (options.tcp_user_timeout_ms > 0) sockets.setUserTimeout(fd, options.tcp_user_timeout_ms);
    const bound = leaveFrom(fd, source, ip.length);
    if (isError(bound)) {
      sockets.closeFd(fd);
      return failureOfBind(bound, line);
    }
    const port = line.isDirect ? this.#target.port : line.hops[0].port;
    engine.connect(this.take(fd), lendAddress(ip, port));
    this.#parts.trace?.step(this, this.#target, 'dials', { port });
    return STARTED;
  }

  /** The fd is the attempt's from now on, as a socket of the engine. */
  protected take(fd: number): Socket {
    this.#socket = this.#parts.engine.adopt(fd, this);
    return this.#socket;
  }

  /** Whom it is on its way to, or where that ended. */
  get towards(): Towards {
    return this.#chain?.asksDestination ? 'destination' : this.line.dials;
  }

  /** Hands the connected socket over to its new owner. */
  release(): Socket {
    const socket = this.#socket as Socket;
    this.#socket = undefined;
    return socket;
  }

  /** Ends it without reporting. By a reset, so that no port stays behind in TIME_WAIT. */
  abandon(result: AttemptResult): void {
    this.#parts.deadlines.clear(this);
    if (this.line.hasLink) this.#parts.links.ends(this.line.number, this);
    if (this.#socket === undefined) return;
    this.#parts.trace?.step(this, this.#target, 'is over', { result });
    this.result = result;
    this.endedAt = this.#parts.engine.now;
    this.#parts.engine.close(this.#socket, 'reset');
    this.#socket = undefined;
  }

  /** Its race is over: it goes on until then, only to find out whether it connects. */
  runOut(until: number): void {
    this.result = 'abandoned';
    this.#parts.deadlines.set(this, until);
  }

  onDeadline(): void {
    this.fail(TIMED_OUT);
  }

  linkDown(failure: Failure): void {
    this.fail(failure);
  }

  protected fail(failure: Failure): void {
    this.failure = failureTowards(this.towards, failure);
    this.#parts.trace?.step(this, this.#target, 'has failed', { cause: this.failure.code, detail: failure.detail });
    this.abandon(this.failure.code);
    this.#outcome.failed(this, this.failure);
  }

  #connected(): void {
    this.#parts.deadlines.clear(this);
    if (this.line.hasLink) this.#parts.links.ends(this.line.number, this);
    this.#parts.trace?.step(this, this.#target, 'is connected to the destination');
    this.connectedAt = this.#parts.engine.now;
    this.result = 'connected';
    this.#outcome.connected(this);
  }

  override onConnect(socket: Socket, result: number): void {
    if (isError(result)) {
      this.fail(failureOfConnect(result, this.line, this.candidate.ip));
      return;
    }
    if (this.line.isDirect) {
      this.#connectedHere(socket.fd);
      return;
    }
    this.reached(socket);
  }

  /** It is connected to the first proxy. */
  protected reached(socket: Socket): void {
    this.#parts.trace?.step(this, this.#target, 'is connected to the first proxy');
    this.#chain = this.newChain();
    const depth = this.#parts.circles.depthToTell(this.#outcome.depth, this.crowd, this.#parts.engine.now);
    this.#follow(socket, this.#chain.start(depth));
  }

  /** What is said to the proxies. */
  protected newChain(): Chain {
    return new Chain(this.line.hops, this.#target.asked, this.#target.port);
  }

  /** A direct line is connected. The reply to the client needs the local address anyway, so reading it here costs nothing. */
  #connectedHere(fd: number): void {
    const local = sockets.localEndpoint(fd);
    if (typeof local !== 'number') {
      if (local.port === this.#target.port && sameIp(local.ip, this.candidate.ip)) {
        this.fail(TO_ITSELF);
        return;
      }
      this.bound = local;
    }
    this.#connected();
  }

  #say(socket: Socket, bytes: Uint8Array): void {
    this.#parts.trace?.step(this, this.#target, 'says to the proxy', { bytes: bytes.length });
    this.#parts.engine.sendCopy(socket, bytes);
    this.#parts.engine.receive(socket, BufferGroup.handshake);
  }

  /** A proxy's socket has room for these few bytes; if it has not, the proxy is as good as dead. */
  override onUnsent(_socket: Socket, _rest: Uint8Array, error: number): void {
    this.fail(wouldBlock(error) ? CLOGGED : this.#hangUp(error));
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result <= 0) {
      this.fail(this.#hangUp(result));
      return;
    }
    this.#parts.trace?.step(this, this.#target, 'hears from the proxy', { bytes: result });
    const step = (this.#chain as Chain).feed(memory.bytes.subarray(offset, offset + result));
    this.#follow(socket, step);
  }

  /** Many proxies end or reset the connection instead of sending a reply that refuses. */
  #hangUp(result: number): Failure {
    if (isEnd(result)) return HUNG_UP;
    const failure = failureOfResult(result);
    return failure.code === 'reset' ? failureOf('unexplained', failure.detail) : failure;
  }

  #follow(socket: Socket, step: ChainStep): void {
    switch (step.kind) {
      case 'incomplete':
        this.#parts.engine.receive(socket, BufferGroup.handshake);
        break;
      case 'send':
        this.#say(socket, step.bytes);
        break;
      case 'failed':
        // A look is due only for a wrong answer: our own bytes, on a socket connected to itself, are never a proxy's answer.
        this.fail(isToItself(socket.fd) ? TO_ITSELF : step.failure);
        break;
      case 'connected':
        this.bound = step.bound;
        this.rest = step.rest.length > 0 ? step.rest : undefined;
        this.#connected();
        break;
      default:
        step satisfies never;
    }
  }
}
