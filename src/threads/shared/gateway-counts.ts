// What main counts of the gateway as a whole, in shared memory that the admin actor reads: only main writes it.
import { LISTENERS_MAX } from '../../protocol/listen-options.js';
import { countTime, type Histogram, histogramLength, readTimes, TURN_BOUNDS_MS } from './time-histogram.js';

/** All of them only grow. */
export const GatewayCount = {
  /** Reloads that were made, and those that were refused, when nothing has changed. */
  reloads: 0,
  reloadsRefused: 1,
  /** Upgrades so far, those of earlier processes of this gateway included; those that were refused by this one. */
  upgrades: 2,
  upgradesRefused: 3,
  /** Lines of the log, and of an access log of its own, that main could not write. Actors count theirs: see counters.ts. */
  logsDropped: 4,
  accessDropped: 5,
} as const;
export type GatewayCount = (typeof GatewayCount)[keyof typeof GatewayCount];

export const ACTOR_KINDS = ['connection', 'dns', 'routes', 'tls', 'admin', 'share'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** What main counts of a listener; see ListenerArrivals. */
export const ARRIVALS = ['accepted', 'refused', 'limited'] as const;
export type Arrival = (typeof ARRIVALS)[number];

/**
 * Clients of one listener since the start: accepted; closed at once, because of where they came from; refused or closed at once,
 * because their network was over a limit.
 */
export type ListenerArrivals = Readonly<Record<Arrival, number>>;

const DEATHS = Object.keys(GatewayCount).length;
const LISTENERS = DEATHS + ACTOR_KINDS.length;
const TURNS = LISTENERS + LISTENERS_MAX * ARRIVALS.length;
/** One histogram of each kind of actor. */
const LATENESS = TURNS + histogramLength(TURN_BOUNDS_MS);
const LENGTH = LATENESS + ACTOR_KINDS.length * histogramLength(TURN_BOUNDS_MS);

export class GatewayCounts {
  readonly memory: SharedArrayBuffer;
  readonly #values: Float64Array;

  constructor(memory = new SharedArrayBuffer(LENGTH * 8)) {
    this.memory = memory;
    this.#values = new Float64Array(memory);
  }

  add(what: GatewayCount, count = 1): void {
    this.#values[what] += count;
  }

  read(what: GatewayCount): number {
    return this.#values[what];
  }

  /** Lines of a log of main. */
  dropped(kind: 'log' | 'access', lines: number): void {
    this.add(kind === 'log' ? GatewayCount.logsDropped : GatewayCount.accessDropped, lines);
  }

  /** An actor has died, and is started again. */
  died(kind: ActorKind): void {
    this.#values[DEATHS + ACTOR_KINDS.indexOf(kind)] += 1;
  }

  deaths(kind: ActorKind): number {
    return this.#values[DEATHS + ACTOR_KINDS.indexOf(kind)];
  }

  /** A client has come to the listener of this number. */
  arrived(listener: number, what: Arrival): void {
    this.#values[arrivalsAt(listener) + ARRIVALS.indexOf(what)] += 1;
  }

  arrivals(listener: number): ListenerArrivals {
    const [accepted, refused, limited] = this.#values.subarray(arrivalsAt(listener));
    return { accepted, refused, limited };
  }

  /** A turn of main took so long; what came meanwhile has waited for it. */
  turned(time_ms: number): void {
    countTime(this.#values, TURNS, TURN_BOUNDS_MS, time_ms);
  }

  get turns(): Histogram {
    return readTimes([this.#values], TURNS, TURN_BOUNDS_MS);
  }

  /** The regular work of an actor that counts no turns began so late: what came to it meanwhile has waited, too. */
  late(kind: ActorKind, time_ms: number): void {
    countTime(this.#values, latenessAt(kind), TURN_BOUNDS_MS, time_ms);
  }

  lateness(kind: ActorKind): Histogram {
    return readTimes([this.#values], latenessAt(kind), TURN_BOUNDS_MS);
  }
}

const arrivalsAt = (listener: number): number => LISTENERS + listener * ARRIVALS.length;
const latenessAt = (kind: ActorKind): number => LATENESS + ACTOR_KINDS.indexOf(kind) * histogramLength(TURN_BOUNDS_MS);
