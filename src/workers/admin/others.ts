// The other actors as the admin actor knows them: ports that main connects, again whenever one of them was started again.
import type { MessagePort } from 'node:worker_threads';
import type { ConnectionsAdmin } from '../../threads/contracts/admin/connections.js';
import type { NamesAdmin } from '../../threads/contracts/admin/names.js';
import type { RoutesAdmin } from '../../threads/contracts/admin/routes.js';
import type { ShareAdmin } from '../../threads/contracts/admin/share.js';
import { call, closed, type Remote } from '../../threads/port.js';

/** The latest port to one actor, and what is served there. */
class Other<Contract> {
  #port: MessagePort | undefined;
  #remote: Remote<Contract> | undefined;

  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#remote = call<Contract>(port);
    port.once('close', () => {
      if (this.#port !== port) return;
      this.#port = undefined;
      this.#remote = undefined;
    });
  }

  get remote(): Remote<Contract> | undefined {
    return this.#remote;
  }

  async close(): Promise<void> {
    if (this.#port !== undefined) await closed(this.#port);
  }
}

export class Others {
  readonly names = new Other<NamesAdmin>();
  readonly routes = new Other<RoutesAdmin>();
  readonly share = new Other<ShareAdmin>();
  readonly #connections = new Map<number, Other<ConnectionsAdmin>>();

  connectConnections(actor: number, port: MessagePort): void {
    const other = this.#connections.get(actor) ?? new Other<ConnectionsAdmin>();
    this.#connections.set(actor, other);
    other.connect(port);
  }

  /** Those that serve, by number. */
  get connections(): ReadonlyMap<number, Remote<ConnectionsAdmin>> {
    const serving = [...this.#connections].flatMap(([actor, { remote }]) =>
      remote === undefined ? [] : [[actor, remote] as const],
    );
    return new Map(serving);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#connections.values(), this.names, this.routes, this.share].map((other) => other.close()),
    );
  }
}
