// Connects the share actor to all other actors by ports, again whenever one of them has been restarted. See switchboard.ts.
import { MessageChannel } from 'node:worker_threads';
import type { Options } from '../../protocol/options.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { AdminControl } from '../../threads/contracts/admin/control.js';
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import { type OthersUse, type OwnUse, SHARE_ACTOR, type ShareControl } from '../../threads/contracts/share.js';
import type { Generation } from '../../threads/contracts/start.js';
import { moved, type Remote } from '../../threads/port.js';
import { within } from '../../threads/within.js';

/** The engine may have to be asked for many budgets. */
const BUDGETS_MS = 10_000;

/** The actors that serve now. */
export interface Serving {
  readonly connections: ReadonlyMap<number, Remote<ConnectionActor>>;
  readonly names: Remote<NamesControl> | undefined;
  readonly routes: Remote<RoutesControl> | undefined;
  readonly admin: Remote<AdminControl> | undefined;
}

export class ShareBoard {
  readonly #serving: () => Serving;
  readonly #timeout_ms: number;
  #share: Remote<ShareControl> | undefined;

  /** `timeout_ms`: one that has not answered by then is dead or stuck. */
  constructor(serving: () => Serving, timeout_ms: number) {
    this.#serving = serving;
    this.#timeout_ms = timeout_ms;
  }

  /** The share actor serves: connects it to all others. */
  async serves(share: Remote<ShareControl>, generation: Generation): Promise<void> {
    this.#share = share;
    await this.configure(generation);
    const { connections } = this.#serving();
    const plugged = [...connections].map(([actor, connection]) => this.plugTo(actor, connection));
    await Promise.all([...plugged, this.plugNames(), this.plugRoutes(), this.plugAdmin()]);
  }

  gone(): void {
    this.#share = undefined;
  }

  async configure({ options, users }: Generation): Promise<void> {
    if (this.#share !== undefined) await within(this.#timeout_ms, this.#share.configure(options));
    await this.setUsers(options, users);
  }

  /** Their names matter only where limits are the site's. */
  async setUsers({ share }: Options, users: readonly KnownUser[] = []): Promise<void> {
    if (this.#share === undefined) return;
    const limited = share.limits
      ? users.map(({ name, limits }) => ({ name, connections_max: limits?.connections_max }))
      : [];
    await within(this.#timeout_ms, this.#share.setUsers(limited));
  }

  /** See `ShareControl`. */
  async askBudgets(own: readonly OwnUse[]): Promise<readonly OthersUse[] | undefined> {
    if (this.#share === undefined) return undefined;
    const told = await within(BUDGETS_MS, this.#share.askBudgets(own));
    return told.code === 'answered' ? told.value : undefined;
  }

  async plugTo(actor: number, connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#share === undefined) return;
    const { port1, port2 } = new MessageChannel();
    await this.#both(this.#share.connectConnections(actor, moved(port1)), connection.connectShare(moved(port2)));
  }

  async plugNames(): Promise<void> {
    const { names } = this.#serving();
    if (this.#share === undefined || names === undefined) return;
    const { port1, port2 } = new MessageChannel();
    await this.#both(names.connect(moved(port1)), this.#share.connectNames(moved(port2)));
  }

  async plugRoutes(): Promise<void> {
    const { routes } = this.#serving();
    if (this.#share === undefined || routes === undefined) return;
    const [reports, pushes] = [new MessageChannel(), new MessageChannel()];
    await this.#both(
      routes.connect(SHARE_ACTOR, moved(reports.port1), moved(pushes.port1)),
      this.#share.connectRoutes(moved(reports.port2), moved(pushes.port2)),
    );
  }

  async plugAdmin(): Promise<void> {
    const { admin } = this.#serving();
    if (this.#share === undefined || admin === undefined) return;
    const { port1, port2 } = new MessageChannel();
    await this.#both(admin.connectShare(moved(port1)), this.#share.connectAdmin(moved(port2)));
  }

  async #both(one: Promise<void>, other: Promise<void>): Promise<void> {
    await within(this.#timeout_ms, Promise.all([one, other]));
  }
}
