// Looks at connections of QUIC that begin later in a flow, for rules that block the server which the client names: the flow's first
// datagram may have been anything, and one socket of a client may have many connections. It raises no race.
import type { Target } from '../../../../protocol/address/target.js';
import { targetOfName } from '../../../../protocol/address/target.js';
import { FirstFlight, mayBeInitial } from '../../../../protocol/quic/client-initial.js';
import { isSameId, readLongPacket } from '../../../../protocol/quic/long-header.js';
import type { Inspection } from '../flows/contest.js';
import type { Allowed } from './server-name.js';

/** Flights of one flow that are kept: datagrams of several connections may come in any order. */
const FLIGHTS_MAX = 4;

export class LaterNames implements Inspection {
  readonly #target: Target;
  readonly #allowedFor: (target: Target) => Allowed;
  /** The last one is the newest. */
  #flights: readonly FirstFlight[] = [];

  constructor(target: Target, allowedFor: (target: Target) => Allowed) {
    this.#target = target;
    this.#allowedFor = allowedFor;
  }

  isBlocked(bytes: Uint8Array, start: number, size: number): boolean {
    if (!mayBeInitial(bytes, start, start + size)) return false;
    const known = this.#flightOf(bytes, start, start + size);
    const flight = known ?? new FirstFlight();
    flight.feed(bytes, start, start + size);
    // What is no beginning is not kept, such as what a client says when its server has answered.
    if (known === undefined && (flight.hello !== undefined || !flight.isOver))
      this.#flights = [...this.#flights, flight].slice(-FLIGHTS_MAX);
    const { serverName } = flight.hello ?? {};
    return serverName !== undefined && this.#blocks(serverName);
  }

  #flightOf(bytes: Uint8Array, start: number, end: number): FirstFlight | undefined {
    const packet = readLongPacket(bytes, start, end);
    if (packet === undefined) return undefined;
    const { destination, destinationSize } = packet;
    return this.#flights.find(({ ids }) => ids && isSameId(bytes, destination, destinationSize, ids.destination));
  }

  #blocks(name: string): boolean {
    const named = targetOfName(name, this.#target.port);
    if (named === undefined || named.ip !== undefined || named.host === this.#target.host) return false;
    return this.#allowedFor(named).code === 'blocked';
  }
}
