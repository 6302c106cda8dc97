// Limits of users and budgets that hold for the site: what of them this gateway may use. Connections are claimed ahead, bytes are
// counted behind; nobody waits for either.
import type { LimitsSeen } from '../../../threads/contracts/admin/share.js';
import type { LimitedUser, OthersUse, OwnUse } from '../../../threads/contracts/share.js';
import type { ShareStart } from '../../../threads/contracts/start.js';
import { Shares } from '../../../threads/shared/shares.js';
import { SiteLeases } from '../../../threads/shared/site-leases.js';
import { liveOfUser } from '../../../threads/shared/user-limits.js';
import { UserTable } from '../../../threads/shared/user-table.js';
import type { Room, ShareParts } from '../shared/room.js';
import type { Site } from '../shared/site.js';
import { SiteBudgets } from './budgets.js';
import { ConnectionLeases } from './connections.js';

/** How often users are looked at. */
const LOOK_MS = 500;

export class LimitsRoom implements Room {
  readonly #parts: ShareParts;
  readonly #leases: SiteLeases;
  readonly #table: UserTable;
  readonly #connections: ConnectionLeases;
  readonly #budgets: SiteBudgets;
  #users: readonly LimitedUser[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ShareParts, { userShares, userTable, siteLeases }: Memory) {
    const shares = new Shares(userShares);
    this.#parts = parts;
    this.#leases = new SiteLeases(siteLeases);
    this.#table = new UserTable(userTable);
    this.#connections = new ConnectionLeases({
      ...{ now: parts.now, site: parts.site, leases: this.#leases },
      gateways: () => parts.options().share.gateways.length,
      live: (user) => liveOfUser(shares, user),
    });
    this.#budgets = new SiteBudgets(parts);
  }

  setUsers(users: readonly LimitedUser[]): void {
    this.#users = users;
    this.configured();
  }

  configured(): void {
    const { share, limits } = this.#parts.options();
    const leased = share.limits
      ? this.#users.flatMap(({ name, connections_max: limit = limits.user_connections_max }) => {
          const slot = limit === 0 ? -1 : this.#table.slotOf(name);
          return slot < 0 ? [] : [{ name, limit, slot }];
        })
      : [];
    this.#connections.set(leased);
    const isWanted = leased.length > 0;
    if (isWanted === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = isWanted ? setInterval(() => void this.#connections.look(), LOOK_MS) : undefined;
    void this.#connections.look();
  }

  async askBudgets(own: readonly OwnUse[]): Promise<readonly OthersUse[] | undefined> {
    return this.#parts.options().share.limits ? this.#budgets.ask(own) : undefined;
  }

  seen(): { readonly limits?: LimitsSeen } {
    const { share } = this.#parts.options();
    if (!share.limits) return {};
    const { claimed, refused, unanswered, implausible } = this.#connections.counts;
    const isLost = this.#timer === undefined ? this.#parts.site()?.engine.isUp !== true : !this.#leases.isReached;
    return {
      limits: {
        ...{ on_loss: share.on_loss, is_lost: isLost, leases: this.#connections.size, claimed, refused },
        unanswered: unanswered + implausible + this.#budgets.counts.unanswered,
      },
    };
  }

  leaves(site: Site): Promise<void> {
    return this.#connections.leave(site);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

type Memory = Pick<ShareStart, 'userShares' | 'userTable' | 'siteLeases'>;
