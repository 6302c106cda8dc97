// Counts what is done with datagrams, in the shared memory of their actor. Nothing here makes an object. Flows are opened and
// ended through the flow book (records/flow-book.ts), which counts them here.
import type { Drop } from '../../../protocol/udp/drop.js';
import type { FlowEnding, FlowKind } from '../../../protocol/udp/flow-record.js';
import { UdpCount, type UdpCounts } from '../../../threads/shared/udp-counts.js';

export class UdpTally {
  readonly #counts: UdpCounts;

  constructor(counts: UdpCounts) {
    this.#counts = counts;
  }

  /** A client was told where to send its datagrams. */
  associated(): void {
    this.#counts.add(UdpCount.associations, 1);
  }

  /** A client got a failure reply to UDP ASSOCIATE. */
  refused(): void {
    this.#counts.add(UdpCount.associationsRefused, 1);
  }

  /** The control connection of an association has ended. */
  ended(): void {
    this.#counts.add(UdpCount.associationsEnded, 1);
  }

  flowOpened(kind: FlowKind): void {
    this.#counts.add(UdpCount.flows, 1);
    if (kind === 'dns') this.#counts.add(UdpCount.dnsFlows, 1);
    if (kind === 'quic') this.quic();
  }

  /** A flow has turned out to be one of QUIC. */
  quic(): void {
    this.#counts.add(UdpCount.quicFlows, 1);
  }

  flowEnded(how: FlowEnding): void {
    this.#counts.flowEnded(how);
  }

  /** The actor ends, and what is live with it. */
  cutAll(): void {
    this.#counts.cutAll();
  }

  /** Datagrams were sent to a destination. `bytes`: of all of them together. */
  up(datagrams: number, bytes: number): void {
    this.#counts.add(UdpCount.datagramsUp, datagrams);
    this.#counts.add(UdpCount.bytesUp, bytes);
  }

  /** Datagrams were sent to a client. */
  down(datagrams: number, bytes: number): void {
    this.#counts.add(UdpCount.datagramsDown, datagrams);
    this.#counts.add(UdpCount.bytesDown, bytes);
  }

  dropped(cause: Drop, count = 1): void {
    this.#counts.dropped(cause, count);
  }

  /** The first datagrams of a QUIC flow go out over a second line. */
  raced(): void {
    this.#counts.add(UdpCount.races, 1);
  }

  /** A QUIC server has answered, authentically. `isRescue`: over another line than the first one. */
  answered(time_ms: number, isRescue: boolean): void {
    this.#counts.quicAnswered(time_ms);
    if (isRescue) this.#counts.add(UdpCount.rescues, 1);
  }

  /** Datagrams claimed to be the first answer of a QUIC server and were not authentic. */
  forged(count = 1): void {
    this.#counts.add(UdpCount.forged, count);
  }
}
