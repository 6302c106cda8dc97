// The contest of a QUIC flow: collects the client's first flight, asks rules about the server name in it, and has it raced where it
// may go to more than one server.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import { FirstFlight, type FlightReading, type NoRace } from '../../../../protocol/quic/client-initial.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { Asker, FlowCandidate } from '../choice/choice.js';
import type { Contest, ContestedFlow } from '../flows/contest.js';
import type { FlowPeer } from '../flows/peer.js';
import { Queue } from '../flows/queue.js';
import type { Route } from '../flows/route.js';
import type { FlowBook } from '../records/flow-book.js';
import { FlowRace, type FlowRaceParts } from './flow-race.js';
import { type Allowed, allowedByName } from './server-name.js';

export interface QuicContestParts extends FlowRaceParts {
  readonly flowBook: FlowRaceParts['flowBook'] & Pick<FlowBook, 'named'>;
  /** Which lines a client may use for a target. */
  readonly allowed: (target: Target, asker: Asker) => Allowed;
}

/** Datagrams of a flight. With a large key exchange a ClientHello has two or three. */
const FLIGHT_MAX = 8;

export class QuicContest implements Contest {
  readonly kind = 'quic';
  readonly #parts: QuicContestParts;
  readonly #flow: ContestedFlow;
  readonly #asker: Asker;
  readonly #flight = new FirstFlight();
  /** Its datagrams. */
  readonly #waiting: Queue;
  readonly #began: number;
  /** As long as there is no race. */
  #candidates: readonly FlowCandidate[] = [];
  /** Whether there may be further ones. */
  #more = false;
  #race: FlowRace | undefined;

  constructor(parts: QuicContestParts, flow: ContestedFlow, asker: Asker) {
    this.#parts = parts;
    this.#flow = flow;
    this.#asker = asker;
    this.#began = parts.engine.now;
    this.#waiting = new Queue(parts.queues, FLIGHT_MAX);
  }

  joined(candidates: readonly FlowCandidate[], more: boolean): void {
    this.#more = more;
    if (this.#race === undefined) {
      this.#candidates = [...this.#candidates, ...candidates];
      return;
    }
    const left = this.#allowed(candidates);
    this.#race.offer('code' in left ? [] : left, more);
  }

  up(bytes: Uint8Array, start: number, size: number, ecn: number): void {
    const reading = this.#flight.feed(bytes, start, start + size);
    const race = this.#race;
    if (race === undefined) {
      const dropped = this.#waiting.push(bytes, start, size, ecn);
      if (dropped > 0) this.#parts.udpTally.dropped('queued', dropped);
      this.#collected(reading);
    } else if (reading.kind === 'none') race.goesOn(bytes, start, size, ecn);
    else race.repeated(bytes.slice(start, start + size), ecn);
  }

  #collected(reading: FlightReading): void {
    if (reading.kind === 'hello') this.#begin();
    else if (reading.kind === 'none') this.#standDown(reading.reason);
  }

  /** The flight is whole. */
  #begin(): void {
    const { ids } = this.#flight;
    const left = this.#left();
    if (left === undefined || ids === undefined) return;
    this.#race = new FlowRace(this.#parts, this.#flow, this.#waiting, ids, this.#began);
    this.#race.offer(left, this.#more);
  }

  /** There is nothing to race. What may have begun at one server must not begin at another. */
  #standDown(why: NoRace): void {
    const left = this.#left();
    if (left === undefined) return;
    const mayMove = why !== 'zero-rtt' && why !== 'second-flight';
    this.#flow.unraced(left, mayMove, this.#waiting.take());
  }

  /** The candidates that rules leave; undefined where the flow has failed by its server name. */
  #left(): readonly FlowCandidate[] | undefined {
    const { serverName } = this.#flight.hello ?? {};
    if (serverName !== undefined) this.#parts.flowBook.named(this.#flow.number, serverName);
    const left = this.#allowed(this.#candidates);
    if (!('code' in left)) return left;
    this.#flow.refused(left);
    return undefined;
  }

  #allowed(candidates: readonly FlowCandidate[]): readonly FlowCandidate[] | Failure {
    const { target } = this.#flow;
    const { serverName } = this.#flight.hello ?? {};
    if (serverName === undefined) return candidates;
    return allowedByName(serverName, target, candidates, (named) => this.#parts.allowed(named, this.#asker));
  }

  opened(route: Route): void {
    this.#race?.opened(route);
  }

  failed(route: Route, failure: Failure): void {
    this.#race?.failed(route, failure);
  }

  bounced(route: Route, failure: Failure): void {
    this.#race?.bounced(route, failure);
  }

  came(peer: FlowPeer, batch: Batch): void {
    this.#race?.came(peer, batch);
  }

  claims(route: Route, bytes: Uint8Array, start: number, end: number): boolean {
    return this.#race?.claims(route, bytes, start, end) ?? false;
  }

  close(): void {
    this.#waiting.take();
    this.#race?.close();
  }
}
