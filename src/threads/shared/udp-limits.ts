// Whether a client may have one more association, and an association one more flow or way: within what the gateway may have, and
// within what its client network may have: never so much that others find nothing (client-limits.ts says why four times what is
// free). All connection actors count in shared memory. Which flow gives way to another one is not its question.
import type { UdpOptions } from '../../protocol/udp-options.js';
import { shareOf, slotOfNetwork } from './client-limits.js';
import type { Shares } from './shares.js';
import { type UdpUse, Used } from './udp-use.js';

export type UdpLimitOptions = Pick<
  UdpOptions,
  'associations_max' | 'client_associations_max' | 'flows_max' | 'way_fds_max'
>;

/** Why a client gets no further association. */
export type NoAssociation = 'gateway' | 'client' | 'share';
/** Why an association gets no further flow. */
export type NoFlow = 'gateway' | 'share';

/** What associations hold beside themselves, by control connection and by network. */
const Kind = { flows: 0, wayFds: 1 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];
export const KINDS_HELD = Object.keys(Kind).length;
/** Of each kind, what any association may have while so much is free: its network may have many other associations. */
const LEAST: Readonly<Record<Kind, number>> = { [Kind.flows]: 8, [Kind.wayFds]: 2 };

export class UdpLimits {
  readonly #options: UdpLimitOptions;
  readonly #use: UdpUse;
  readonly #shares: Shares;
  readonly #areShared: boolean;

  /** `areShared`: whether a part of the associations is kept free for other client networks: where there may be some. */
  constructor(options: UdpLimitOptions, use: UdpUse, shares: Shares, areShared: boolean) {
    this.#options = options;
    this.#use = use;
    this.#shares = shares;
    this.#areShared = areShared;
  }

  /**
   * Counts an association in, if its client may have it: until `ended`, and of its network until its control connection, `fd`, is
   * closed. `ip`: the client's, 4 bytes or 16 that are not mapped; undefined for clients of Unix sockets. Else it says why not.
   */
  begin(fd: number, ip: Uint8Array | undefined): NoAssociation | undefined {
    const { associations_max, client_associations_max } = this.#options;
    if (!this.#use.take(Used.associations, 1, associations_max)) return 'gateway';
    const slot = slotOfNetwork(this.#shares, ip);
    const share = this.#areShared
      ? shareOf(associations_max - this.#use.total(Used.associations) + 1)
      : Number.POSITIVE_INFINITY;
    if (slot < 0 || this.#shares.came(fd, slot, Math.min(client_associations_max, share))) return undefined;
    this.ended();
    return share < client_associations_max ? 'share' : 'client';
  }

  ended(): void {
    this.#use.giveBack(Used.associations, 1);
  }

  /** In few words, with the key. */
  why(excess: NoAssociation): string {
    const { associations_max, client_associations_max } = this.#options;
    if (excess === 'share') return 'it has more than its share of the associations, of which few are free';
    return excess === 'gateway'
      ? `there are as many associations as udp.associations_max and the descriptors allow (${associations_max})`
      : `it has as many associations as udp.client_associations_max allows (${client_associations_max})`;
  }

  /**
   * Counts a flow in, of the association whose control connection is on `fd`, if the gateway and the association's network may
   * have one more. Else it says why one has to give way. `hasMadeRoom`: some of the association have, so its share is not asked for.
   */
  openFlow(fd: number, hasMadeRoom = false): NoFlow | undefined {
    const { flows_max } = this.#options;
    if (!hasMadeRoom && this.#hasShare(fd, Kind.flows, 1, flows_max - this.#use.total(Used.flows))) return 'share';
    if (!this.#use.take(Used.flows, 1, flows_max)) return 'gateway';
    this.#shares.hold(fd, Kind.flows, 1);
    return undefined;
  }

  flowEnded(fd: number): void {
    this.#use.giveBack(Used.flows, 1);
    this.#shares.hold(fd, Kind.flows, -1);
  }

  /** In few words, with the key. */
  whyNoFlow(excess: NoFlow): string {
    return excess === 'gateway'
      ? `there are as many flows as udp.flows_max allows (${this.#options.flows_max})`
      : 'it has more than its share of the flows, of which few are free';
  }

  /**
   * Counts the descriptors of a way in, of the association whose control connection is on `fd`, if there are so many more for it and
   * its network.
   */
  openWay(fd: number, fds: number): boolean {
    const { way_fds_max } = this.#options;
    if (this.#hasShare(fd, Kind.wayFds, fds, way_fds_max - this.#use.total(Used.wayFds))) return false;
    if (!this.#use.take(Used.wayFds, fds, way_fds_max)) return false;
    this.#shares.hold(fd, Kind.wayFds, fds);
    return true;
  }

  wayClosed(fd: number, fds: number): void {
    this.#use.giveBack(Used.wayFds, fds);
    this.#shares.hold(fd, Kind.wayFds, -fds);
  }

  /** Whether the association has so much that its network may have no more of it while so much is free. */
  #hasShare(fd: number, kind: Kind, more: number, free: number): boolean {
    if (this.#shares.heldOn(fd, kind) + more <= LEAST[kind]) return false;
    const slot = this.#shares.holderOf(fd);
    return slot >= 0 && this.#shares.heldBy(slot, kind) + more > shareOf(free);
  }
}
