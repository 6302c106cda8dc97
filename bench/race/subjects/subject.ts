// What the race's bench must know about a program: where it can take part, and how it is started for a topology. Each is
// also a `Peer` of the other bench, so that the same daemon.ts runs it.
import type { Peer } from '../../peers/peer.js';
import type { Speech, State } from '../cells/cell.js';
import type { Fault } from '../field/faults.js';
import type { Laid } from '../field/messages.js';
import type { Destination } from '../requests/visit.js';
import type { Topology } from './topologies.js';

/** A topology whose ways are laid, with the numbers of those that the subject uses. */
export interface Ground {
  readonly topology: Topology;
  readonly laid: Laid;
  readonly used: readonly number[];
  /** The number of destinations. */
  readonly destinations: number;
  readonly workers: number;
}

export interface Subject {
  readonly name: string;
  /** Printed beside its figures. */
  readonly remark?: string;
  readonly topologies: readonly string[];
  readonly states: readonly State[];
  readonly speeches: readonly Speech[];
  /** Undefined for all. */
  readonly faults?: readonly Fault[];
  /** Whether its failures are failures of the bench. */
  readonly asserted: boolean;
  /** Time that it needs before the first request to find out which ways are bad. */
  readonly settle_ms: number;
  /** The host to ask for. Where the program takes names, each index is another host with the same service. */
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
