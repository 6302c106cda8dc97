// What an association exchanges with one destination, until nothing has moved for a while. It asks for candidates, holds datagrams
// until one can carry them, and goes over the first one; to the next it moves only as long as nothing has come back.
import type { Batch, Outgoing } from '../../../../linux/udp/datagrams.js';
import { sizeAt, sizeOfAll } from '../../../../linux/udp/sizes.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Expiring } from '../../../../protocol/deadline-wheel.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { Drop } from '../../../../protocol/udp/drop.js';
import { dropOf } from '../../../../protocol/udp/drop-of.js';
import type { FlowEnding } from '../../../../protocol/udp/flow-record.js';
import { FAILED_MS, idleOf, kindOfPort } from '../../../../protocol/udp/patience.js';
import type { ChoiceOutcome, FlowCandidate, FlowChoice } from '../choice/choice.js';
import type { LiveFlow } from '../records/noted.js';
import type { Way } from '../ways/way.js';
import { Asking, SILENT, STUCK, type Watch } from './asking.js';
import type { Contest, ContestedFlow } from './contest.js';
import type { FlowOwner, FlowParts } from './flow-parts.js';
import { Inspector } from './inspector.js';
import type { FlowPeer, PeeredFlow } from './peer.js';
import { Queue, type Queued } from './queue.js';
import type { Route } from './route.js';
import { Routes } from './routes.js';
import { type State, TimedFlow } from './timed-flow.js';

export class Flow extends TimedFlow implements Expiring, ChoiceOutcome, LiveFlow, PeeredFlow, ContestedFlow {
  readonly #parts: FlowParts;
  readonly #owner: FlowOwner;
  readonly choice: FlowChoice;
  readonly #queue: Queue;
  readonly #idle_ms: number;
  #state: State = 'new';
  contest: Contest | undefined;
  #route: Route | undefined;
  readonly #routes: Routes;
  /** Why nothing carries it. */
  #failure: Failure | undefined;
  readonly #asking: Asking;
  readonly #inspector: Inspector;

  constructor(parts: FlowParts, owner: FlowOwner, target: Target, header: Uint8Array) {
    super(target, header, Math.floor(parts.engine.now));
    this.#parts = parts;
    this.#owner = owner;
    this.#asking = new Asking(parts.engine);
    this.#inspector = new Inspector(parts, target, owner);
    this.#routes = new Routes(owner, this);
    this.#queue = new Queue(parts.queues, parts.options.udp.queue_max);
    this.choice = parts.choose(target, owner.asker, this);
    this.#idle_ms = idleOf(target.port, parts.options.udp);
    parts.deadlines.set(this, this.active + this.#idle_ms);
  }

  up(out: Outgoing): void {
    if (this.#state === 'new') this.#begin(out);
    this.active = Math.floor(this.#parts.engine.now);
    this.asked = this.active;
    this.#owner.moved(this);
    if (this.contest === undefined && this.#inspector.drops(out)) return;
    if (this.#asking.isWatched && this.#route !== undefined) this.#look(out);
    if (this.#state === 'open') this.#send(this.#route as Route, out);
    else this.#hold(out);
  }

  #begin({ memory, offset, count, size, last }: Outgoing): void {
    const { asker, note } = this.#owner;
    this.#state = 'choosing';
    this.contest = this.#parts.contests.of(this, asker, memory.bytes, offset, sizeAt(0, count, size, last));
    const kind = this.contest?.kind ?? kindOfPort(this.target.port);
    this.number = this.#parts.flowBook.opened(note, this.target, kind, this);
    this.choice.begin();
  }

  #send(route: Route, out: Outgoing): void {
    const { count, size, last } = out;
    this.#asking.sent(count, this.active);
    route.way.send(route.address, out);
    this.#parts.flowBook.up(this.number, count, sizeOfAll(count, size, last));
    if (!this.#asking.isInVain(this.active, this.#routes.areSeveral ? this.#idle_ms : undefined)) return;
    if (this.isAnswered) this.choice.failed(route.candidate, SILENT, true);
    this.end('unanswered');
  }

  #hold({ memory, offset, count, stride, size, last, ecn }: Outgoing): void {
    if (this.#state === 'opening') this.#asking.sent(count, this.active);
    for (let i = 0; i < count; i += 1)
      this.#holdOne(memory.bytes, offset + i * stride, sizeAt(i, count, size, last), ecn);
  }

  /** The one before may have ended the contest. */
  #holdOne(bytes: Uint8Array, start: number, size: number, ecn: number): void {
    if (this.#state === 'contest') this.contest?.up(bytes, start, size, ecn);
    else if (this.#state === 'open') this.sendCopy(this.#route as Route, bytes.slice(start, start + size), ecn);
    else if (this.#state === 'failed') this.#parts.udpTally.dropped(dropOf((this.#failure as Failure).code), 1);
    else this.#parts.udpTally.dropped('queued', this.#queue.push(bytes, start, size, ecn));
  }

  sendCopy(route: Route, bytes: Uint8Array, ecn: number): void {
    this.#asking.sent(1, Math.floor(this.#parts.engine.now));
    route.way.sendCopy(route.address, bytes, ecn);
    this.#parts.flowBook.up(this.number, 1, bytes.length);
  }

  chosen(candidates: readonly FlowCandidate[], more: boolean): void {
    if (this.#state === 'over' || this.#state === 'failed') return;
    if (this.contest === undefined) this.#offered(candidates);
    else {
      this.#state = 'contest';
      this.contest.joined(candidates, more);
      for (const { bytes, ecn } of this.#queue.take()) this.#holdOne(bytes, 0, bytes.length, ecn);
    }
  }

  #offered(candidates: readonly FlowCandidate[]): void {
    this.#routes.offer(candidates);
    if (this.#route === undefined) this.#openNext();
    else this.#asking.isWatched = !this.isAnswered;
  }

  open(candidate: FlowCandidate): Route | Failure {
    return this.#routes.open(candidate);
  }

  /** Goes over the first of the further candidates that can be opened. */
  #openNext(): void {
    const route = this.#routes.next();
    if (route !== undefined) this.#goOver(route);
    else this.refused(this.#routes.failure ?? SILENT);
  }

  #goOver(route: Route): void {
    this.#asking.restart();
    this.choice.asks(route.candidate);
    this.#take(route);
  }

  #take(route: Route): void {
    this.#route = route;
    if (!this.isAnswered) this.#asking.isWatched = this.#asking.stays || this.#routes.areSeveral;
    this.#state = route.way.state === 'open' ? 'open' : 'opening';
    this.#parts.flowBook.carried(this.number, route.candidate.line.number, route.candidate.ip);
    if (this.#state === 'open') this.#flush(route);
  }

  #flush(route: Route): void {
    for (const { bytes, ecn } of this.#queue.take()) this.sendCopy(route, bytes, ecn);
  }

  #look(out: Outgoing): void {
    const { stays } = this.#asking;
    const failure = this.#asking.looksAt(out, this.active);
    if (failure === undefined) return;
    const route = this.#route as Route;
    this.choice.failed(route.candidate, failure, stays);
    if (failure !== STUCK && (!stays || this.#state === 'opening')) this.#move(route);
  }

  #move(route: Route): void {
    // What was asked before may still answer, so its route stays; when all are silent, the first one is as good as any.
    const next = this.#routes.next();
    this.#goOver(next ?? this.#routes.first ?? route);
    this.#asking.isWatched = next !== undefined;
  }

  settle(route: Route, after_ms: number | undefined, waiting: readonly Queued[], watch?: Watch): void {
    this.#endContest(waiting);
    this.#answered(route, after_ms, watch);
  }

  stay(route: Route, waiting: readonly Queued[]): void {
    this.#asking.stays = true;
    this.#endContest(waiting);
    this.#routes.closeAll(route);
    this.#take(route);
  }

  unraced(candidates: readonly FlowCandidate[], mayMove: boolean, waiting: readonly Queued[]): void {
    this.#endContest(waiting);
    this.#asking.stays = !mayMove;
    this.#offered(candidates);
  }

  #endContest(waiting: readonly Queued[]): void {
    this.contest?.close();
    this.contest = undefined;
    this.#state = 'choosing';
    for (const { bytes, ecn } of waiting)
      if (!this.#inspector.dropsOne(bytes)) this.#holdOne(bytes, 0, bytes.length, ecn);
  }

  came(peer: FlowPeer, batch: Batch): void {
    this.active = Math.floor(this.#parts.engine.now);
    this.#owner.moved(this);
    if (this.#state === 'contest') this.contest?.came(peer, batch);
    else this.pass(peer, batch);
  }

  pass(peer: FlowPeer, batch: Batch): void {
    if (!this.isAnswered) this.#answered(peer.route, this.#asking.time);
    this.#asking.heard();
    const { count, stride, last } = batch;
    this.#owner.pass(peer.header, batch);
    this.#parts.flowBook.down(this.number, count, sizeOfAll(count, stride, last));
  }

  heard(route: Route): void {
    if (this.contest !== undefined) return;
    if (!this.isAnswered) this.#answered(route, 'untimed');
    this.#asking.heard();
  }

  passCopy(peer: FlowPeer, bytes: Uint8Array, ecn: number): void {
    this.#owner.passCopy(peer.header, bytes, ecn);
    this.#parts.flowBook.down(this.number, 1, bytes.length);
  }

  #answered(route: Route, after_ms: number | 'untimed' | undefined, watch?: Watch): void {
    this.isAnswered = true;
    this.#asking.answered(watch, this.active);
    if (after_ms !== undefined) this.choice.answered(route.candidate, after_ms);
    this.#routes.closeAll(route);
    // An earlier candidate has answered after all.
    if (route !== this.#route) this.#take(route);
  }

  wayOpened(way: Way): void {
    if (this.contest !== undefined) {
      for (const route of this.#routes.over(way)) this.contest?.opened(route);
    } else if (this.#state === 'opening' && this.#route?.way === way) {
      this.#state = 'open';
      this.#asking.restart();
      this.#flush(this.#route);
    }
  }

  wayFailed(way: Way, failure: Failure): void {
    for (const route of this.#routes.over(way)) this.failed(route, failure);
  }

  bounced(route: Route, failure: Failure): void {
    if (this.contest !== undefined) this.contest.bounced(route, failure);
    else this.failed(route, failure);
  }

  failed(route: Route, failure: Failure): void {
    if (!this.#routes.close(route)) return;
    if (!this.isAnswered) this.choice.failed(route.candidate, failure, this.#asking.stays);
    this.contest?.failed(route, failure);
    if (this.contest !== undefined || route !== this.#route) return;
    this.#routes.fails(failure);
    // What waits has reached nobody yet.
    if (!this.isAnswered && (!this.#asking.stays || this.#state === 'opening')) this.#openNext();
    else {
      // The next datagram asks anew.
      this.#parts.flowBook.failed(this.number, failure);
      this.end('failed');
    }
  }

  refused(failure: Failure): void {
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
    if (this.#asking.isLeftUnanswered(this.#parts.engine.now))
      this.choice.failed((this.#route as Route).candidate, SILENT, true);
    this.#state = 'over';
    this.#release('ended');
    this.#parts.deadlines.clear(this);
    this.#parts.flowBook.ended(this.number, how);
    this.#owner.ended(this);
    return true;
  }

  /** Gives up all but its place in the table. `cause`: why what waits is dropped. */
  #release(cause: Drop): void {
    this.#asking.isWatched = false;
    this.contest?.close();
    this.contest = undefined;
    this.choice.close();
    this.#routes.closeAll();
    this.#parts.udpTally.dropped(cause, this.#queue.take().length);
  }
}
