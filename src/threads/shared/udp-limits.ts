// Whether a client may have one more association, and an association one more flow or way: within what the gateway may have, and an
// association within what its client network may have. All connection actors count in shared memory. Which flow gives way to
// another one is not its question.
import type { UdpOptions } from '../../protocol/udp-options.js';
import { slotOfNetwork } from './client-limits.js';
import type { Shares } from './shares.js';
import { type UdpUse, Used } from './udp-use.js';

export type UdpLimitOptions = Pick<
  UdpOptions,
  'associations_max' | 'client_associations_max' | 'flows_max' | 'way_fds_max'
>;

/** Why a client gets no further association. */
export type NoAssociation = 'gateway' | 'client';

export class UdpLimits {
  readonly #options: UdpLimitOptions;
  readonly #use: UdpUse;
  readonly #shares: Shares;

  constructor(options: UdpLimitOptions, use: UdpUse, shares: Shares) {
    this.#options = options;
    this.#use = use;
    this.#shares = shares;
  }

  /**
   * Counts an association in, if its client may have it: until `ended`, and of its network until its control connection, `fd`, is
   * closed. `ip`: the client's, 4 bytes or 16 that are not mapped; undefined for clients of Unix sockets. Else it says why not.
   */
  begin(fd: number, ip: Uint8Array | undefined): NoAssociation | undefined {
    const { associations_max, client_associations_max } = this.#options;
    if (!this.#use.take(Used.associations, 1, associations_max)) return 'gateway';
    const slot = slotOfNetwork(this.#shares, ip);
    if (slot < 0 || this.#shares.came(fd, slot, client_associations_max)) return undefined;
    this.ended();
    return 'client';
  }

  ended(): void {
    this.#use.giveBack(Used.associations, 1);
  }

  /** In few words, with the key. */
  why(excess: NoAssociation): string {
    const { associations_max, client_associations_max } = this.#options;
    return excess === 'gateway'
      ? `there are as many associations as udp.associations_max and the descriptors allow (${associations_max})`
      : `it has as many associations as udp.client_associations_max allows (${client_associations_max})`;
  }

  /** Counts a flow in, if the gateway may have one more; false where another one has to give way. */
  openFlow(): boolean {
    return this.#use.take(Used.flows, 1, this.#options.flows_max);
  }

  flowsEnded(count: number): void {
    this.#use.giveBack(Used.flows, count);
  }

  /** Counts the descriptors of a way in, if there are so many more. */
  openWay(fds: number): boolean {
    return this.#use.take(Used.wayFds, fds, this.#options.way_fds_max);
  }

  wayClosed(fds: number): void {
    this.#use.giveBack(Used.wayFds, fds);
  }
}
