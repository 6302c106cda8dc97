// Plugs the connection actors into the DNS and the route actor, and again whenever one of them has been restarted. The
// ports go straight from thread to thread: nothing passes through main afterwards.
import { MessageChannel } from 'node:worker_threads';
import type { ConnectionActor, NamesControl, RoutesControl } from '../protocol/messages.js';
import { moved, type Remote } from '../threads/port.js';
import { within } from './deadline.js';

/** Whoever has not answered by then is dead or stuck, and is plugged in again when it has been restarted. */
const PLUG_TIMEOUT_MS = 2000;

export class Switchboard {
  readonly #connections = new Map<number, Remote<ConnectionActor>>();
  #names: Remote<NamesControl> | undefined;
  #routes: Remote<RoutesControl> | undefined;

  async connectionServes(actor: number, connection: Remote<ConnectionActor>): Promise<void> {
    this.#connections.set(actor, connection);
    await Promise.all([this.#plugNames(connection), this.#plugRoutes(actor, connection)]);
  }

  connectionGone(actor: number): void {
    this.#connections.delete(actor);
  }

  async namesServe(names: Remote<NamesControl>): Promise<void> {
    this.#names = names;
    await Promise.all([...this.#connections.values()].map((connection) => this.#plugNames(connection)));
  }

  namesGone(): void {
    this.#names = undefined;
  }

  async routesServe(routes: Remote<RoutesControl>): Promise<void> {
    this.#routes = routes;
    await Promise.all([...this.#connections].map(([actor, connection]) => this.#plugRoutes(actor, connection)));
  }

  routesGone(): void {
    this.#routes = undefined;
  }

  async #plugNames(connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#names === undefined) return;
    const { port1, port2 } = new MessageChannel();
    const plugged = [this.#names.connect(moved(port1)), connection.connectNames(moved(port2))];
    await within(PLUG_TIMEOUT_MS, Promise.all(plugged));
  }

  async #plugRoutes(actor: number, connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#routes === undefined) return;
    const reports = new MessageChannel();
    const pushes = new MessageChannel();
    const plugged = [
      this.#routes.connect(actor, moved(reports.port1), moved(pushes.port1)),
      connection.connectRoutes(moved(reports.port2), moved(pushes.port2)),
    ];
    await within(PLUG_TIMEOUT_MS, Promise.all(plugged));
  }
}
