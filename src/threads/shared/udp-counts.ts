// What was done with datagrams, in shared memory: each connection actor writes memory of its own, and others read all of it
// without a message. A restarted actor goes on counting in the same memory; what a dead one leaves, main counts as cut.
import { DROP_CAUSES, type Drop } from '../../protocol/udp/drop.js';
import { FLOW_ENDINGS, type FlowEnding } from '../../protocol/udp/flow-record.js';
import { countTime, type Histogram, histogramLength, readTimes, TIME_BOUNDS_MS } from './time-histogram.js';

/** What is counted. All of them only grow. */
export const UdpCount = {
  /** Clients that were told where to send datagrams; those whose association has ended. */
  associations: 0,
  associationsEnded: 1,
  /** Clients that got a failure reply to UDP ASSOCIATE. */
  associationsRefused: 2,
  /** Flows that were opened; those to port 53; those that began as QUIC does. */
  flows: 3,
  dnsFlows: 4,
  quicFlows: 5,
  /** Datagrams and their bytes, without headers of SOCKS5, that were sent to destinations, and to clients. */
  datagramsUp: 6,
  datagramsDown: 7,
  bytesUp: 8,
  bytesDown: 9,
  /** QUIC flows whose first datagrams went out over a second line. */
  races: 10,
  /** Those that another line than the first one carried. */
  rescues: 11,
  /** Datagrams that claimed to be the first answer of a QUIC server and were not authentic. */
  forged: 12,
} as const;
export type UdpCount = (typeof UdpCount)[keyof typeof UdpCount];

const ENDED = Object.keys(UdpCount).length;
const DROPPED = ENDED + FLOW_ENDINGS.length;
/** From the first datagram of a QUIC flow to the first authentic answer. */
const QUIC_ANSWER = DROPPED + DROP_CAUSES.length;
const LENGTH = QUIC_ANSWER + histogramLength(TIME_BOUNDS_MS);

const placesOf = <Word extends string>(words: readonly Word[], from: number): ReadonlyMap<Word, number> =>
  new Map(words.map((word, place) => [word, from + place]));
const ENDING_PLACES = placesOf<FlowEnding>(FLOW_ENDINGS, ENDED);
const DROP_PLACES = placesOf<Drop>(DROP_CAUSES, DROPPED);

/** What several actors have counted together, since the start. */
export interface UdpTotals extends Readonly<Record<keyof typeof UdpCount, number>> {
  readonly flowsEnded: Readonly<Record<FlowEnding, number>>;
  readonly dropped: Readonly<Record<Drop, number>>;
  readonly quicAnswer: Histogram;
}

export class UdpCounts {
  readonly #values: Float64Array;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(LENGTH * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  /** Only the actor of this memory counts, as long as it lives. */
  add(what: UdpCount, count: number): void {
    this.#values[what] += count;
  }

  flowEnded(how: FlowEnding): void {
    this.#values[ENDING_PLACES.get(how) as number] += 1;
  }

  dropped(cause: Drop, count: number): void {
    this.#values[DROP_PLACES.get(cause) as number] += count;
  }

  quicAnswered(time_ms: number): void {
    countTime(this.#values, QUIC_ANSWER, TIME_BOUNDS_MS, time_ms);
  }

  /** The actor has died, and its associations and flows with it. */
  cutAll(): void {
    const values = this.#values;
    values[UdpCount.associationsEnded] = values[UdpCount.associations];
    const live = values[UdpCount.flows] - sum(values.subarray(ENDED, DROPPED));
    values[ENDING_PLACES.get('cut') as number] += live;
  }

  /** What all these actors have counted together. */
  static sum(all: readonly UdpCounts[]): UdpTotals {
    const values = all.map((one) => one.#values);
    const at = (place: number): number => values.reduce((total, one) => total + one[place], 0);
    const words = <Word extends string>(places: ReadonlyMap<Word, number>): Record<Word, number> =>
      Object.fromEntries([...places].map(([word, place]) => [word, at(place)])) as Record<Word, number>;
    const counts = Object.entries(UdpCount).map(([name, place]) => [name, at(place)]);
    return {
      ...(Object.fromEntries(counts) as Record<keyof typeof UdpCount, number>),
      flowsEnded: words(ENDING_PLACES),
      dropped: words(DROP_PLACES),
      quicAnswer: readTimes(values, QUIC_ANSWER, TIME_BOUNDS_MS),
    };
  }

  /** Associations that live. */
  static liveAssociations({ associations, associationsEnded }: UdpTotals): number {
    return associations - associationsEnded;
  }

  /** Flows that live. */
  static liveFlows({ flows, flowsEnded }: UdpTotals): number {
    return flows - sum(Object.values(flowsEnded));
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
