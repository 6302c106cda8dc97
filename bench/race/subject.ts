// What the race's bench must know of a program: where it can take part, and how it is started for a topology. Each is a
// `Peer` of the other bench too, so that the same daemon.ts runs it.
import type { Peer } from '../peers/peer.js';
import type { Speech, State } from './cell.js';
import type { Fault } from './faults.js';
import type { Laid } from './messages.js';
import type { Topology } from './topologies.js';
import type { Destination } from './visit.js';

/** A topology as it stands, with the ways that the subject is told of. */
export interface Ground {
  readonly topology: Topology;
  readonly laid: Laid;
  readonly used: readonly number[];
  /** How many destinations there will be. */
  readonly destinations: number;
  readonly workers: number;
}

export interface Subject {
  readonly name: string;
  /** Said beside its figures. */
  readonly remark?: string;
  readonly topologies: readonly string[];
  readonly states: readonly State[];
  readonly speeches: readonly Speech[];
  /** Undefined for all. */
  readonly faults?: readonly Fault[];
  /** Whether the bench fails with it. */
  readonly asserted: boolean;
  /** Time that it needs to find out by itself what is bad, before the first request. */
  readonly settle_ms: number;
  /** What is asked for; the same service at as many hosts as there are indices, where it knows names. */
  host(index: number): string;
  peer(ground: Ground): Peer;
}

export function destinationOf(
  { host }: Subject,
  { services }: Laid,
  service: keyof Laid['services'],
  index: number,
): Destination {
  return { host: host(index), port: services[service] };
}
