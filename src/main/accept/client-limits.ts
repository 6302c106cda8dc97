// Whether a client network may have one more connection: within its own limits, and, when few connections are free, within a
// share of these. The share is what keeps one client from shutting the others out: a client may have SHARE times as many
// connections as are free, so that however many it opens, some stay free, and another client finds them. It counts nothing
// itself: threads/shared/client-shares.ts does.
import type { Options } from '../../protocol/options.js';
import type { ClientShares } from '../../threads/shared/client-shares.js';
import { ClientTable } from './client-table.js';

/** One client may have 4/5 of all connections, two together 8/9. */
const SHARE = 4;
/** Connections that any client may have while one is free. */
const SHARE_LEAST = 4;
/** The part of all connections of which fewer are free when the time for handshakes is short. */
const TIGHT_PART = 1 / 4;
/** How many of a second's connections may come at once. */
const BURST_S = 2;
/** Networks without a connection that are remembered for their rate. */
const RESTING = 4096;

export type LimitOptions = Pick<
  Options['limits'],
  'connections_max' | 'client_connections_max' | 'client_rate' | 'client_handshakes_max'
>;

/** Why a client may have no more connections for now; in few words, for the log. */
export const REASONS = {
  share: 'it has more than its share of the connections, of which few are free',
  connections: 'it has limits.client_connections_max connections',
  rate: 'it opens more than limits.client_rate connections a second',
  handshakes: 'limits.client_handshakes_max of its connections have not said where they want to go',
} as const;
export type Reason = keyof typeof REASONS;

/** The slots that `ClientShares` needs for these limits. */
export const slotsFor = ({ connections_max }: Pick<LimitOptions, 'connections_max'>): number =>
  connections_max + RESTING;

export class ClientLimits {
  readonly #options: LimitOptions;
  readonly #shares: ClientShares;
  readonly #table: ClientTable;

  constructor(options: LimitOptions, shares: ClientShares, seed: number) {
    const { client_rate } = options;
    const rate = client_rate === 0 ? undefined : { per_s: client_rate, burst: client_rate * BURST_S };
    this.#options = options;
    this.#shares = shares;
    this.#table = new ClientTable(slotsFor(options), shares, rate, seed);
  }

  /**
   * Counts a client in that may have one more connection, on `fd`. Else it says why not. `ip`: as for `ClientTable.slotOf`.
   * `room`: connections that are free, this one included.
   */
  admit(fd: number, ip: Uint8Array | undefined, room: number, now: number): Reason | undefined {
    const { client_connections_max, client_handshakes_max } = this.#options;
    const slot = this.#table.slotOf(ip, now);
    if (slot < 0) return undefined;
    const live = this.#shares.live(slot);
    if (live >= Math.max(SHARE_LEAST, SHARE * room)) return 'share';
    if (client_connections_max > 0 && live >= client_connections_max) return 'connections';
    if (client_handshakes_max > 0 && this.#shares.handshakes(slot) >= client_handshakes_max) return 'handshakes';
    if (!this.#table.take(slot, now)) return 'rate';
    this.#shares.came(fd, slot);
    return undefined;
  }

  /** Called after each turn of main. */
  turned(room: number): void {
    const isTight = room < this.#options.connections_max * TIGHT_PART;
    if (isTight !== this.#shares.isTight) this.#shares.isTight = isTight;
  }
}

/**
 * Whether clients are limited at all: where a limit is set, or clients of other machines may come. Where all clients are of
 * this machine, they are one network, and there is nobody to leave connections for.
 */
export function areLimited(
  { client_connections_max, client_rate, client_handshakes_max }: LimitOptions,
  isOpen: boolean,
): boolean {
  return isOpen || client_connections_max > 0 || client_rate > 0 || client_handshakes_max > 0;
}
