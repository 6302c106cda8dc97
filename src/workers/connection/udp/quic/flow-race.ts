// The race of one QUIC flow whose first flight is whole: the flight goes out over one candidate after another until a server answers
// it authentically. protocol/quic/race/ decides; this carries it out on the flow's routes, keeps datagrams meanwhile, and notes what
// became of each candidate.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import { sizeAt } from '../../../../linux/udp/sizes.js';
import type { DeadlineWheel, Expiring } from '../../../../protocol/deadline-wheel.js';
import type { FlightIds } from '../../../../protocol/quic/client-initial.js';
import { progressOf } from '../../../../protocol/quic/handshake-progress.js';
import type { Entrant } from '../../../../protocol/quic/race/entrant.js';
import { type EntrantOutcome, outcomeOf } from '../../../../protocol/quic/race/outcome.js';
import { ENTRANTS_MAX, OPENING_MS, QuicRace, type Verdict, type Win } from '../../../../protocol/quic/race/race.js';
import { ServerAnswers } from '../../../../protocol/quic/server-answer.js';
import { type Failure, failureOf, mostTelling } from '../../../../protocol/race/failure.js';
import type { FlowCandidate } from '../choice/choice.js';
import type { Watch } from '../flows/asking.js';
import type { ContestedFlow } from '../flows/contest.js';
import type { FlowPeer } from '../flows/peer.js';
import { Queue, type QueueRoom } from '../flows/queue.js';
import type { Route } from '../flows/route.js';
import type { FlowBook } from '../records/flow-book.js';
import type { UdpTally } from '../tally.js';
import { Runner } from './runner.js';

export interface FlowRaceParts {
  readonly engine: { readonly now: number };
  readonly ticks: Pick<DeadlineWheel, 'set' | 'clear'>;
  readonly queues: QueueRoom;
  readonly udpTally: Pick<UdpTally, 'raced' | 'answered' | 'forged' | 'dropped'>;
  readonly flowBook: Pick<FlowBook, 'raced'>;
}

/** Answers of one candidate that wait. A server sends three times as many bytes as it has got (RFC 9000 section 8.1). */
const KEPT_MAX = 8;
/** Datagrams of the client that wait since they are for the winner alone. */
const LATER_MAX = 8;
const SILENT = failureOf('timed-out', 'no line brought an authentic answer');

export class FlowRace implements Expiring {
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly #parts: FlowRaceParts;
  readonly #flow: ContestedFlow;
  readonly #race: QuicRace;
  readonly #ids: FlightIds;
  readonly #answers: ServerAnswers;
  readonly #began: number;
  /** The flight. */
  readonly #flight: Queue;
  /** What the client has sent behind it, for the winner alone. */
  readonly #later: Queue;
  /** In the order in which they were offered. */
  #candidates: readonly FlowCandidate[] = [];
  /** Those that have begun: the first of the candidates. */
  #runners: readonly Runner[] = [];
  #isOver = false;

  /** `began`: when the flow's first datagram came. */
  constructor(parts: FlowRaceParts, flow: ContestedFlow, flight: Queue, ids: FlightIds, began: number) {
    this.#parts = parts;
    this.#flow = flow;
    this.#flight = flight;
    this.#ids = ids;
    this.#answers = new ServerAnswers(ids);
    this.#began = began;
    this.#later = new Queue(parts.queues, LATER_MAX);
    this.#race = new QuicRace(ENTRANTS_MAX, parts.engine.now);
  }

  /** Candidates behind those that were offered before. `more`: whether there may be further ones. */
  offer(candidates: readonly FlowCandidate[], more: boolean): void {
    this.#candidates = [...this.#candidates, ...candidates];
    for (const candidate of candidates) {
      const { number: line, isDirect } = candidate.line;
      const opening_ms = isDirect ? 0 : OPENING_MS;
      this.#race.offer({ line, late_ms: this.#flow.choice.answersWithin(candidate), opening_ms });
    }
    if (!more) this.#race.allOffered(this.#parts.engine.now);
    this.#go();
  }

  onDeadline(): void {
    this.#go();
  }

  /** Does what the race wants now. */
  #go(): void {
    const race = this.#race;
    const { engine, ticks } = this.#parts;
    for (let entrant = race.take(engine.now); entrant !== undefined; entrant = race.take(engine.now))
      this.#start(entrant);
    if (this.#isOver) return;
    const wake = race.wakeAt();
    if (race.win !== undefined) this.#settle(race.win);
    else if (race.isLost) this.#lose();
    else if (wake !== undefined) ticks.set(this, wake);
  }

  #start(entrant: Entrant): void {
    const candidate = this.#candidates[this.#runners.length];
    const runner = new Runner(candidate, entrant, new Queue(this.#parts.queues, KEPT_MAX));
    this.#runners = [...this.#runners, runner];
    this.#parts.flowBook.raced(this.#flow.number, this.#runners);
    if (this.#runners.length === 2) this.#parts.udpTally.raced();
    const route = this.#flow.open(candidate);
    if ('code' in route) this.#fails(runner, route);
    else {
      runner.route = route;
      if (route.way.state === 'open') this.#sendFlight(runner, route);
    }
  }

  #sendFlight(runner: Runner, route: Route): void {
    for (const { bytes, ecn } of this.#flight.waiting) this.#send(runner, route, bytes, ecn);
    this.#race.sent(runner.entrant, this.#parts.engine.now);
  }

  #send(runner: Runner, route: Route, bytes: Uint8Array, ecn: number): void {
    runner.datagrams += 1;
    this.#flow.sendCopy(route, bytes, ecn);
  }

  #fails(runner: Runner, failure: Failure): void {
    runner.route = undefined;
    runner.failure = failure;
    this.#race.failed(runner.entrant, 'failed', this.#parts.engine.now);
  }

  // From the client

  /** A datagram that repeats the flight. */
  repeated(bytes: Uint8Array, ecn: number): void {
    this.#race.repeated(this.#parts.engine.now);
    for (const runner of this.#runners) {
      if (runner.route === undefined || runner.entrant.sent === undefined) continue;
      this.#send(runner, runner.route, bytes, ecn);
      this.#race.resent(runner.entrant);
    }
    this.#go();
  }

  /** Something that only one server may get. */
  goesOn(bytes: Uint8Array, start: number, size: number, ecn: number): void {
    this.#keep(this.#later, bytes, start, size, ecn);
    this.#race.goesOn(this.#parts.engine.now);
    this.#go();
  }

  #keep(queue: Queue, bytes: Uint8Array, start: number, size: number, ecn: number): void {
    const dropped = queue.push(bytes, start, size, ecn);
    if (dropped > 0) this.#parts.udpTally.dropped('queued', dropped);
  }

  // From the ways

  opened(route: Route): void {
    const runner = this.#runnerOf(route);
    if (runner !== undefined) this.#sendFlight(runner, route);
    this.#go();
  }

  failed(route: Route, failure: Failure): void {
    const runner = this.#runnerOf(route);
    if (runner !== undefined) this.#fails(runner, failure);
    this.#go();
  }

  /** Whoever sees the flight can say so: an answer over that route still counts. */
  bounced(route: Route, failure: Failure): void {
    const runner = this.#runnerOf(route);
    if (runner === undefined) return;
    runner.failure ??= failure;
    this.#race.failed(runner.entrant, 'bounced', this.#parts.engine.now);
    this.#go();
  }

  #runnerOf(route: Route): Runner | undefined {
    return this.#runners.find((runner) => runner.route === route);
  }

  // From servers

  came(peer: FlowPeer, batch: Batch): void {
    const runner = this.#runnerOf(peer.route);
    if (runner === undefined) return;
    const { memory, offset, count, stride, last, ecn } = batch;
    for (let i = 0; i < count; i += 1) {
      const start = offset + i * stride;
      const size = sizeAt(i, count, stride, last);
      const verdict = this.#judge(runner, memory.bytes, start, start + size);
      if (verdict === 'pass') {
        this.#go();
        this.#flow.pass(peer, { ...batch, offset: start, count: count - i });
        this.#passKept(runner);
        return;
      }
      if (verdict === 'keep') {
        runner.peer = peer;
        this.#keep(runner.kept, memory.bytes, start, size, ecn);
      } else this.#parts.udpTally.forged();
    }
    this.#go();
  }

  /** By its connection id, or by its tag. */
  claims(route: Route, bytes: Uint8Array, start: number, end: number): boolean {
    const runner = this.#runnerOf(route);
    if (runner === undefined || !this.#race.mayRead(runner.entrant)) return false;
    const answer = this.#answers.read(bytes, start, end);
    return answer === 'early' ? this.#ids.source.length > 0 : answer !== 'forged';
  }

  #judge({ entrant }: Runner, bytes: Uint8Array, start: number, end: number): Verdict {
    if (!this.#race.mayRead(entrant)) return this.#race.unread(entrant);
    return this.#race.came(entrant, this.#answers.read(bytes, start, end), this.#parts.engine.now);
  }

  #passKept({ kept, peer }: Runner): void {
    for (const { bytes, ecn } of kept.take()) if (peer !== undefined) this.#flow.passCopy(peer, bytes, ecn);
  }

  // The end

  #settle({ entrant, by, at }: Win): void {
    const winner = this.#runners.find((runner) => runner.entrant === entrant) as Runner;
    const { route } = winner;
    if (route === undefined) {
      this.#lose();
      return;
    }
    this.#note(at, winner);
    const isProven = by === 'initial' || by === 'retry';
    if (isProven) this.#answered(winner, at);
    const unsent = entrant.sent === undefined ? this.#flight.take() : [];
    const waiting = [...unsent, ...this.#later.take()];
    this.#end(winner);
    if (by === 'alone') this.#flow.stay(route, waiting);
    else if (isProven) this.#flow.settle(route, entrant.answer_ms ?? 0, waiting, this.#watch);
    else this.#flow.settle(route, undefined, waiting);
    if (!isProven) this.#passKept(winner);
  }

  readonly #watch: Watch = (bytes, start, end, since_ms) => progressOf(this.#ids.source, bytes, start, end, since_ms);

  #note(now: number, winner?: Runner): void {
    for (const runner of this.#runners) runner.ended(this.#outcomeOf(runner, now, winner), now);
  }

  /** Of a line that was asked behind the winner silence says nothing: the server heeds the flight where it came first. */
  #outcomeOf(runner: Runner, now: number, winner: Runner | undefined): EntrantOutcome {
    const outcome = outcomeOf(this.#race, runner.entrant, now);
    const isBehind = winner !== undefined && this.#runners.indexOf(runner) > this.#runners.indexOf(winner);
    return isBehind && (outcome === 'silent' || outcome === 'late') ? 'beaten' : outcome;
  }

  #answered(winner: Runner, at: number): void {
    this.#parts.udpTally.answered(at - this.#began, winner !== this.#runners[0]);
    for (const runner of this.#runners) {
      const fault = runner.faultOf(this.#outcomeOf(runner, at, winner));
      // Of a way that has failed the flow has told itself.
      if (fault !== undefined && runner.route !== undefined) this.#flow.choice.failed(runner.candidate, fault);
    }
  }

  #lose(): void {
    this.#note(this.#parts.engine.now);
    let failure: Failure | undefined;
    for (const runner of this.#runners) failure = mostTelling(failure, runner.failure ?? SILENT);
    this.#flow.refused(failure ?? SILENT);
  }

  close(): void {
    this.#end(undefined);
  }

  /** `winner`: whose answers are still to be passed on. */
  #end(winner: Runner | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.ticks.clear(this);
    this.#flight.take();
    this.#later.take();
    for (const runner of this.#runners) if (runner !== winner) runner.kept.take();
  }
}
