// Whether a user may have one more connection, from whichever network and in whichever actor: actors ask for each request of a
// user. It counts a user's connections in shared memory only where the user has a limit. What users have carried is added up by
// main, which says in shared memory who has spent what it may carry in a month.
import type { Options } from '../../protocol/options.js';
import { byteCount } from '../../protocol/text/byte-count.js';
import { bytesMaxOf, type OwnLimits } from '../../protocol/users/own-limits.js';
import type { Shares } from './shares.js';
import type { LeaseRules, SiteLeases } from './site-leases.js';
import type { UserTable } from './user-table.js';

/** Users without a connection that are remembered for their rate. */
const RESTING = 4096;
/** Half of the slots stay free, so that a slot is found at once. */
const SPARE = 2;

export type UserLimitOptions = Pick<Options['limits'], 'user_connections_max' | 'user_rate' | 'user_bytes_max'>;

/** Why a user may have no more connections for now. */
export type UserReason = 'connections' | 'rate' | 'bytes' | 'site';

const KIND = 0;

/** The slots that the shares of users need. */
export const userSlotsFor = ({ connections_max }: Pick<Options['limits'], 'connections_max'>): number =>
  (connections_max + RESTING) * SPARE;

/** Where limits of users are for all gateways of the site. */
export interface SiteLimits {
  readonly leases: Pick<SiteLeases, 'most' | 'refused'>;
  readonly rules: LeaseRules;
}

/** Connections of a user that are counted now. */
export function liveOfUser(shares: Shares, name: string): number {
  const slot = shares.find(hashOf(name, FIRST), hashOf(name, SECOND), KIND);
  return slot < 0 ? 0 : shares.live(slot);
}

export class UserLimits {
  readonly #options: UserLimitOptions;
  readonly #shares: Shares;
  readonly #table: Pick<UserTable, 'isSpent' | 'slotOf'>;
  readonly #site: SiteLimits | undefined;

  /** `site`: undefined where each gateway has its own limits. */
  constructor(
    options: UserLimitOptions,
    shares: Shares,
    table: Pick<UserTable, 'isSpent' | 'slotOf'>,
    site?: SiteLimits,
  ) {
    this.#options = options;
    this.#shares = shares;
    this.#table = table;
    this.#site = site;
  }

  /** Counts the connection on `fd` in, if the user may have it. Else it says why not. `own`: limits of this user alone. */
  admit(fd: number, name: string, own: OwnLimits | undefined): UserReason | undefined {
    const connections_max = this.#connectionsMax(own);
    const rate = this.#rate(own);
    if (this.isSpent(name, own)) return 'bytes';
    if (connections_max === 0 && rate === 0) return undefined;
    const slot = this.#shares.slotOf(hashOf(name, FIRST), hashOf(name, SECOND), KIND);
    if (slot < 0) return undefined;
    const most = this.#site === undefined ? connections_max : this.#mostOfSite(this.#site, name, connections_max);
    if (connections_max > 0 && this.#shares.live(slot) >= most) return this.#tooMany(name, most, connections_max);
    if (rate > 0 && !this.#shares.take(slot, rate)) return 'rate';
    return this.#shares.came(fd, slot, most || undefined) ? undefined : this.#tooMany(name, most, connections_max);
  }

  /** Whether the user has carried in this month what it may. `own`: limits of this user alone. */
  isSpent(name: string, own: OwnLimits | undefined): boolean {
    return bytesMaxOf(own, this.#options) > 0 && this.#table.isSpent(name);
  }

  #mostOfSite({ leases, rules }: SiteLimits, name: string, connections_max: number): number {
    const slot = connections_max === 0 ? -1 : this.#table.slotOf(name);
    return slot < 0 ? connections_max : leases.most(slot, connections_max, rules);
  }

  #tooMany(name: string, most: number, connections_max: number): UserReason {
    if (most === connections_max) return 'connections';
    this.#site?.leases.refused(this.#table.slotOf(name));
    return 'site';
  }

  /** Why in few words, with the limit and whose it is. */
  why(excess: UserReason, own: OwnLimits | undefined): string {
    if (excess === 'connections') {
      const key = own?.connections_max === undefined ? 'limits.user_connections_max allows' : 'its own limits allow';
      return `it has as many connections as ${key} (${this.#connectionsMax(own)})`;
    }
    if (excess === 'site')
      return `it has as many connections as the site leaves to this gateway, of ${this.#connectionsMax(own)} in all`;
    if (excess === 'bytes') {
      const key = own?.bytes_max === undefined ? 'limits.user_bytes_max allows' : 'its own limits allow';
      return `it has carried as much in this month as ${key} (${byteCount(bytesMaxOf(own, this.#options))})`;
    }
    const key = own?.rate === undefined ? 'limits.user_rate allows' : 'its own limits allow';
    return `it opens more connections a second than ${key} (${this.#rate(own)})`;
  }

  #connectionsMax(own: OwnLimits | undefined): number {
    return own?.connections_max ?? this.#options.user_connections_max;
  }

  #rate(own: OwnLimits | undefined): number {
    return own?.rate ?? this.#options.user_rate;
  }
}

const FIRST = 0x811c_9dc5;
const SECOND = 0x050c_5d1f;

/** FNV-1a. Names are chosen by the operator, so nobody makes two of them meet. */
function hashOf(name: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193);
  return hash;
}
