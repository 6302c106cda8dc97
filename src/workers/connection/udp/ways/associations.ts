// The associations of one way: a control connection to each proxy of the line, each through the proxies before it, all dialled at the
// same time. They are open when every proxy has said where it takes datagrams, and over when one of the connections ends (RFC 1928
// section 7). No datagram passes here.
import { BufferGroup } from '../../../../linux/engine/buffers.js';
import type { Engine } from '../../../../linux/engine/engine.js';
import { Handler, type Socket } from '../../../../linux/engine/socket.js';
import { setKeepAlive } from '../../../../linux/sockets.js';
import { parseIp } from '../../../../protocol/address/address.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Options } from '../../../../protocol/options.js';
import { relayAddress } from '../../../../protocol/outbound/relay-address.js';
import { usualQuiet } from '../../../../protocol/quiet/quiet.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import type { AttemptOutcome, AttemptParts, RaceAttempt } from '../../race/attempt/attempt.js';
import type { AttemptBudget, Waiting } from '../../shared/dialling/attempt-budget.js';
import type { Crowd } from '../../shared/dialling/crowds.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { AskedProxies, Reached } from './asked-proxies.js';
import { AssociationAttempt } from './association-attempt.js';

/** The parts of the actor's context that associations need. */
export interface AssociationsParts extends Omit<AttemptParts, 'lines'> {
  readonly engine: AttemptParts['engine'] & Pick<Engine, 'handOver'>;
  readonly options: AttemptParts['options'] & Pick<Options, 'tcp_keepalive_s' | 'idle_timeout_ms'>;
  readonly budget: Pick<AttemptBudget, 'hasRoom' | 'take' | 'give' | 'wait' | 'forget'>;
  readonly proxies: Pick<AskedProxies, 'begins'>;
}

/** Hears of the associations, but nothing within `begin`, and nothing after `failed` or `close`. */
export interface AssociationsOutcome {
  /** How many gateways the client's request has passed. */
  readonly depth: number;
  /** `relays`: where each proxy takes datagrams, the nearest first, whose relay is an address. */
  associated(relays: readonly Target[]): void;
  /** `toldDepth`: whether a proxy was told that the request has passed other gateways. */
  failed(failure: Failure, reached: Reached, toldDepth: boolean): void;
}

/** An attempt that is under way. */
interface Asking {
  readonly attempt: AssociationAttempt;
  /** The place of its proxy. */
  readonly hop: number;
}

/** Bytes that a proxy may say on a control connection after its reply. They mean nothing. */
const SAID_MAX = 4096;

const NO_PORT = failureOf('proxy-protocol', 'it takes datagrams at port 0');
const TALKS = failureOf('proxy-protocol', 'it talks on the connection of an association');
const LEFT = failureOf('proxy-unreachable', 'it ended the association');

export class Associations extends Handler implements AttemptOutcome, Waiting {
  readonly depth: number;
  readonly #parts: AssociationsParts;
  readonly #line: DialLine;
  readonly #ip: Uint8Array;
  readonly #crowd: Crowd | undefined;
  readonly #outcome: AssociationsOutcome;
  readonly #attempts = new Map<RaceAttempt, Asking>();
  readonly #controls: Socket[] = [];
  readonly #relays: (Target | undefined)[];
  /** For the attempts. */
  readonly #attemptParts: AttemptParts;
  #toldDepth = false;
  #begun = 0;
  #said = 0;
  #isOver = false;

  /** `ip`: the address of the first proxy. `crowd`: that of its attempts. */
  constructor(
    parts: AssociationsParts,
    line: DialLine,
    ip: Uint8Array,
    crowd: Crowd | undefined,
    outcome: AssociationsOutcome,
  ) {
    super();
    this.#parts = parts;
    this.#line = line;
    this.#ip = ip;
    this.#crowd = crowd;
    this.#outcome = outcome;
    this.depth = outcome.depth;
    this.#relays = line.hops.map(() => undefined);
    const { engine, deadlines, options, links, trace } = parts;
    // A line of a later configuration than that of the association may be among them.
    const lines: DialLine[] = [];
    lines[line.number] = line;
    const depthToTell: AttemptParts['circles']['depthToTell'] = (depth, ofCrowd, now) => {
      const told = parts.circles.depthToTell(depth, ofCrowd, now);
      if (told > 0) this.#toldDepth = true;
      return told;
    };
    this.#attemptParts = { engine, deadlines, options, lines, links, trace, circles: { depthToTell } };
  }

  /** Dials the proxies, as far as there is room; the others when there is some. */
  begin(): Failure | undefined {
    const { budget, proxies } = this.#parts;
    const { number, hops } = this.#line;
    while (this.#begun < hops.length) {
      if (!budget.hasRoom(number)) {
        budget.wait(this, number);
        return undefined;
      }
      const candidate = { line: number, ip: this.#ip };
      const attempt = new AssociationAttempt(this.#attemptParts, candidate, hops.slice(0, this.#begun + 1), this);
      attempt.crowd = this.#crowd;
      proxies.begins(number);
      const start = attempt.start();
      if (start.code !== 'started') {
        this.close();
        return start;
      }
      budget.take(number);
      this.#attempts.set(attempt, { attempt, hop: this.#begun });
      this.#begun += 1;
    }
    return undefined;
  }

  roomMade(): void {
    if (this.#isOver) return;
    const failure = this.begin();
    if (failure !== undefined) this.#outcome.failed(failure, 'unknown', this.#toldDepth);
  }

  connected(attempt: RaceAttempt): void {
    const { hop } = this.#over(attempt);
    const socket = attempt.release();
    this.#watch(socket);
    const { host } = this.#line.hops[hop];
    const place = { host, ip: hop === 0 ? this.#ip : parseIp(host) };
    const relay = attempt.bound && relayAddress(attempt.bound, place);
    this.#relays[hop] = relay;
    const relays = this.#relays.filter((one) => one !== undefined);
    if (relay === undefined) this.#fail(NO_PORT);
    else if (relays.length === this.#relays.length) this.#outcome.associated(relays);
  }

  /** Nothing is said on it any more: only by probes is it found out that a proxy has gone without a word. */
  #watch(socket: Socket): void {
    const { engine, options } = this.#parts;
    this.#controls.push(socket);
    const { keepalive } = usualQuiet(options);
    if (keepalive) setKeepAlive(socket.fd, keepalive);
    engine.handOver(socket, this);
    engine.receive(socket, BufferGroup.handshake);
  }

  failed(attempt: RaceAttempt, failure: Failure): void {
    const { attempt: asked, hop } = this.#over(attempt);
    const isLast = hop === this.#line.hops.length - 1;
    this.#fail(failure, asked.hasAsked ? (isLast ? 'yes' : 'unknown') : 'no');
  }

  #over(attempt: RaceAttempt): Asking {
    const asking = this.#attempts.get(attempt) as Asking;
    this.#attempts.delete(attempt);
    this.#parts.budget.give(this.#line.number);
    return asking;
  }

  override onReceive(socket: Socket, result: number): void {
    if (result <= 0) {
      this.#fail(LEFT);
      return;
    }
    this.#said += result;
    if (this.#said > SAID_MAX) this.#fail(TALKS);
    else this.#parts.engine.receive(socket, BufferGroup.handshake);
  }

  #fail(failure: Failure, reached: Reached = 'unknown'): void {
    if (this.#isOver) return;
    this.close();
    this.#outcome.failed(failure, reached, this.#toldDepth);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { engine, budget } = this.#parts;
    budget.forget(this);
    for (const attempt of [...this.#attempts.keys()]) {
      attempt.abandon('abandoned');
      this.#over(attempt);
    }
    // By a reset, so that no port stays behind in TIME_WAIT.
    for (const socket of this.#controls) engine.close(socket, 'reset');
  }
}
