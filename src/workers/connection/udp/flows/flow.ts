// What an association exchanges with one destination: from the client's first datagram until nothing has moved for a while. It
// asks for candidates, holds datagrams until one can carry them, and goes over the first one; to the next it moves only as long
// as nothing has come back. It owns no socket.
import type { Batch, Outgoing } from '../../../../linux/engine/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Expiring } from '../../../../protocol/deadline-wheel.js';
import { type Failure, failureOf, mostTelling } from '../../../../protocol/race/failure.js';
import type { Drop } from '../../../../protocol/udp/drop.js';
import { dropOf } from '../../../../protocol/udp/drop-of.js';
import type { FlowEnding } from '../../../../protocol/udp/flow-record.js';
import { Tabled } from '../../../../protocol/udp/flow-table.js';
import { idleOf, isSilent, kindOfPort } from '../../../../protocol/udp/patience.js';
import type { ChoiceOutcome, FlowCandidate, FlowChoice } from '../choice/choice.js';
import type { LiveFlow } from '../records/noted.js';
import type { Way } from '../ways/way.js';
import type { Contest, ContestedFlow } from './contest.js';
import type { FlowOwner, FlowParts } from './flow-parts.js';
import type { FlowPeer, PeeredFlow } from './peer.js';
import { Queue } from './queue.js';
import type { Route } from './route.js';
import { Routes } from './routes.js';

/** A flow that nothing carries stays for so long, and drops what comes: each datagram would ask everything anew. */
const FAILED_MS = 1000;
const SILENT = failureOf('timed-out', 'no datagram came back');

type State = 'new' | 'choosing' | 'contest' | 'opening' | 'open' | 'failed' | 'over';

export class Flow extends Tabled implements Expiring, ChoiceOutcome, LiveFlow, PeeredFlow, ContestedFlow {
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly target: Target;
  readonly #parts: FlowParts;
  readonly #owner: FlowOwner;
  readonly choice: FlowChoice;
  readonly #queue: Queue;
  readonly #idle_ms: number;
  /** By which the notes know it. */
  readonly number: number;
  #state: State = 'new';
  #contest: Contest | undefined;
  #candidates: readonly FlowCandidate[] = [];
  /** The candidate that is next. */
  #place = 0;
  /** That carries it. */
  #route: Route | undefined;
  readonly #routes: Routes;
  #failure: Failure | undefined;
  /** Whether nothing has come back yet, and there is another candidate. */
  #mayMove = false;
  #isAnswered = false;
  /** Datagrams over the present route, and when the first of them went. */
  #sent = 0;
  #sentAt = 0;
  /** When datagrams last moved, in whole ms of the engine's clock. */
  active: number;

  constructor(parts: FlowParts, owner: FlowOwner, target: Target, header: Uint8Array) {
    super(header);
    this.#parts = parts;
    this.#owner = owner;
    this.target = target;
    this.#routes = new Routes(owner);
    this.#queue = new Queue(parts.queues, parts.options.udp.queue_max);
    this.active = Math.floor(parts.engine.now);
    this.number = parts.flowBook.opened(owner.note, target, kindOfPort(target.port), this);
    this.choice = parts.choose(target, owner.asker, this);
    this.#idle_ms = idleOf(target.port, parts.options.udp);
    parts.deadlines.set(this, this.active + this.#idle_ms);
  }

  // From the client

  up(out: Outgoing): void {
    if (this.#state === 'new') this.#begin(out);
    this.active = Math.floor(this.#parts.engine.now);
    this.#owner.moved(this);
    if (this.#mayMove) this.#moveIfSilent();
    if (this.#state === 'open') this.#send(this.#route as Route, out);
    else this.#hold(out);
  }

  /** With the first datagrams of the client. */
  #begin({ memory, offset, count, size, last }: Outgoing): void {
    this.#state = 'choosing';
    this.#contest = this.#parts.contests.of(this, memory.bytes, offset, count === 1 ? last : size);
    this.choice.begin();
  }

  #send(route: Route, out: Outgoing): void {
    const { count, size, last } = out;
    if (this.#sent === 0) this.#sentAt = this.active;
    this.#sent += count;
    route.way.send(route.address, out);
    this.#parts.flowBook.up(this.number, count, (count - 1) * size + last);
  }

  /** Nothing carries it yet, or nothing at all. */
  #hold(out: Outgoing): void {
    const { memory, count, stride, size, last, ecn } = out;
    if (this.#failure !== undefined && this.#state === 'failed') {
      this.#parts.udpTally.dropped(dropOf(this.#failure.code), count);
      return;
    }
    for (let i = 0; i < count; i += 1) {
      const start = out.offset + i * stride;
      const length = i === count - 1 ? last : size;
      if (this.#state === 'contest') this.#contest?.up(memory.bytes, start, length, ecn);
      else this.#parts.udpTally.dropped('queued', this.#queue.push(memory.bytes, start, length, ecn));
    }
  }

  /** Sends one datagram of the heap, which is copied. */
  sendCopy(route: Route, bytes: Uint8Array, ecn: number): void {
    if (this.#sent === 0) this.#sentAt = Math.floor(this.#parts.engine.now);
    this.#sent += 1;
    route.way.sendCopy(route.address, bytes, ecn);
    this.#parts.flowBook.up(this.number, 1, bytes.length);
  }

  // The choice

  chosen(candidates: readonly FlowCandidate[]): void {
    if (this.#state === 'over' || this.#state === 'failed') return;
    this.#candidates = [...this.#candidates, ...candidates];
    if (this.#contest !== undefined) this.#compete(this.#contest, candidates);
    else if (this.#route === undefined) this.#openNext();
    else this.#mayMove = !this.#isAnswered;
  }

  refused(failure: Failure): void {
    this.fail(failure);
  }

  #compete(contest: Contest, candidates: readonly FlowCandidate[]): void {
    this.#state = 'contest';
    contest.joined(candidates);
    for (const { bytes, ecn } of this.#queue.take()) this.#contest?.up(bytes, 0, bytes.length, ecn);
  }

  /** A route over one of the candidates. Its way may still be opening. */
  open(candidate: FlowCandidate): Route | Failure {
    const route = this.#routes.open(this, candidate);
    if ('code' in route) this.choice.failed(candidate, route);
    return route;
  }

  /** Goes over the first of the further candidates that can be opened. */
  #openNext(): void {
    const route = this.#nextRoute();
    if (route !== undefined) this.#take(route);
    else this.fail(this.#failure ?? SILENT);
  }

  #nextRoute(): Route | undefined {
    while (this.#place < this.#candidates.length) {
      const candidate = this.#candidates[this.#place];
      this.#place += 1;
      const route = this.open(candidate);
      if (!('code' in route)) return route;
      this.#failure = mostTelling(this.#failure, route);
    }
    return undefined;
  }

  #take(route: Route): void {
    this.#route = route;
    this.#sent = 0;
    this.#mayMove = !this.#isAnswered && this.#candidates.length > 1;
    this.#state = route.way.state === 'open' ? 'open' : 'opening';
    const { candidate } = route;
    this.#parts.flowBook.carried(this.number, candidate.line.number, candidate.ip);
    if (this.#state === 'open') this.#flush(route);
  }

  #flush(route: Route): void {
    for (const { bytes, ecn } of this.#queue.take()) this.sendCopy(route, bytes, ecn);
  }

  #moveIfSilent(): void {
    if (this.#state !== 'open' || !isSilent(this.#sent, this.active - this.#sentAt)) return;
    const route = this.#route as Route;
    this.choice.failed(route.candidate, SILENT);
    // What was asked before may still answer, so its route stays; when all are silent, the first one is as good as any.
    const next = this.#nextRoute();
    this.#take(next ?? this.#routes.first ?? route);
    this.#mayMove = next !== undefined;
  }

  /** The contest is over: this route has answered so long after it was asked, and all goes over it from now on. */
  settle(route: Route, after_ms: number): void {
    this.#contest?.close();
    this.#contest = undefined;
    this.#answered(route, after_ms);
  }

  // From the destination

  came(peer: FlowPeer, batch: Batch): void {
    this.active = Math.floor(this.#parts.engine.now);
    this.#owner.moved(this);
    if (this.#state === 'contest') this.#contest?.came(peer, batch);
    else this.pass(peer, batch);
  }

  /** Sends answers on to the client. */
  pass(peer: FlowPeer, batch: Batch): void {
    if (!this.#isAnswered && this.#contest === undefined) this.#answered(peer.route, this.active - this.#sentAt);
    const { count, stride, last } = batch;
    this.#owner.pass(peer.header, batch);
    this.#parts.flowBook.down(this.number, count, (count - 1) * stride + last);
  }

  #answered(route: Route, after_ms: number): void {
    this.#isAnswered = true;
    this.#mayMove = false;
    this.choice.answered(route.candidate, Math.max(0, after_ms));
    this.#routes.closeAll(route);
    // An earlier candidate has answered after all.
    if (route !== this.#route) this.#take(route);
  }

  wayOpened(way: Way): void {
    if (this.#contest !== undefined) {
      for (const route of this.#routes.over(way)) this.#contest?.opened(route);
    } else if (this.#state === 'opening' && this.#route?.way === way) {
      this.#state = 'open';
      this.#flush(this.#route);
    }
  }

  wayFailed(way: Way, failure: Failure): void {
    for (const route of this.#routes.over(way)) this.failed(route, failure);
  }

  /** Its way has failed, or the network says that nothing gets there. */
  failed(route: Route, failure: Failure): void {
    if (!this.#routes.close(route)) return;
    if (!this.#isAnswered) this.choice.failed(route.candidate, failure);
    if (this.#contest !== undefined) {
      this.#contest.failed(route, failure);
      return;
    }
    if (route !== this.#route) return;
    this.#failure = mostTelling(this.#failure, failure);
    if (!this.#isAnswered) this.#openNext();
    else {
      // The next datagram asks anew.
      this.#parts.flowBook.failed(this.number, failure);
      this.end('failed');
    }
  }

  // The end

  /** Nothing carries it. */
  fail(failure: Failure): void {
    if (this.#state === 'failed' || this.#state === 'over') return;
    this.#state = 'failed';
    this.#failure = failure;
    this.#parts.flowBook.failed(this.number, failure);
    this.#release(dropOf(failure.code));
    this.#parts.deadlines.set(this, this.#parts.engine.now + FAILED_MS);
  }

  onDeadline(now: number): void {
    if (this.#state === 'failed') this.end('failed');
    else if (this.active + this.#idle_ms <= now) this.end('idle');
    else this.#parts.deadlines.set(this, this.active + this.#idle_ms);
  }

  closeByOperator(): boolean {
    return this.end('closed-by-operator');
  }

  /** Returns whether it has not ended before. */
  end(how: FlowEnding): boolean {
    if (this.#state === 'over') return false;
    this.#state = 'over';
    this.#release('ended');
    this.#parts.deadlines.clear(this);
    this.#parts.flowBook.ended(this.number, how);
    this.#owner.ended(this);
    return true;
  }

  /** Gives up all but its place in the table. `cause`: why what waits is dropped. */
  #release(cause: Drop): void {
    this.#mayMove = false;
    this.#contest?.close();
    this.#contest = undefined;
    this.choice.close();
    this.#routes.closeAll();
    this.#parts.udpTally.dropped(cause, this.#queue.take().length);
  }
}
