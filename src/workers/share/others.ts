// The other actors as the share actor knows them: to the DNS and the route actor it is one more connection actor, and connection
// actors ask it for hints. Main connects the ports, again whenever one of them was started again.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { NamesActor, NamesSubscriber } from '../../threads/contracts/dns.js';
import type { RouteSubscriber, RoutesActor } from '../../threads/contracts/routes.js';
import type { HintsAsked, HintsTold } from '../../threads/contracts/share.js';
import { call, closed, moved, type Remote, serve } from '../../threads/port.js';

/** What they tell. */
export interface Ears extends Pick<NamesSubscriber, 'badAddressesChanged'>, Pick<RouteSubscriber, 'routesChanged'> {
  asked(actor: number, destinations: HintsAsked): void;
}

export class Others {
  readonly #ears: Ears;
  readonly #connections = new Map<number, MessagePort>();
  #names: MessagePort[] = [];
  #routes: MessagePort[] = [];
  /** All that are open. A port that the other side has closed already never says so again. */
  readonly #open = new Set<MessagePort>();
  /** Undefined while it is started again. */
  names: Remote<NamesActor> | undefined;
  routes: Remote<RoutesActor> | undefined;

  constructor(ears: Ears) {
    this.#ears = ears;
  }

  #opened(ports: readonly MessagePort[]): void {
    for (const port of ports) {
      this.#open.add(port);
      port.once('close', () => this.#open.delete(port));
    }
  }

  connectConnections(actor: number, port: MessagePort): void {
    this.#opened([port]);
    this.#connections.get(actor)?.close();
    this.#connections.set(actor, port);
    port.once('close', () => {
      if (this.#connections.get(actor) === port) this.#connections.delete(actor);
    });
    port.on('message', (destinations: HintsAsked) => this.#ears.asked(actor, destinations));
  }

  tellHints(actor: number, hints: HintsTold): void {
    this.#connections.get(actor)?.postMessage(hints);
  }

  connectNames(port: MessagePort): void {
    for (const before of this.#names) before.close();
    const pushes = new MessageChannel();
    const [names, heard] = [call<NamesActor>(port), pushes.port2];
    this.#names = [port, heard];
    this.#opened(this.#names);
    this.names = names;
    port.once('close', () => {
      heard.close();
      if (this.names === names) this.names = undefined;
    });
    const subscriber: NamesSubscriber = {
      badAddressesChanged: (changes, whole) => this.#ears.badAddressesChanged(changes, whole),
      // It asks for no names.
      namesChanged: async () => {},
    };
    serve(subscriber, heard);
    // A dead actor never answers, and the next one is connected anew.
    names.subscribe(moved(pushes.port1)).catch(() => {});
  }

  connectRoutes(reports: MessagePort, pushes: MessagePort): void {
    for (const before of this.#routes) before.close();
    const routes = call<RoutesActor>(reports);
    this.#routes = [reports, pushes];
    this.#opened(this.#routes);
    this.routes = routes;
    reports.once('close', () => {
      if (this.routes === routes) this.routes = undefined;
    });
    const subscriber: RouteSubscriber = {
      routesChanged: (...changes) => this.#ears.routesChanged(...changes),
      // What it has learned it reports at once.
      reportNow: async () => {},
    };
    serve(subscriber, pushes);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map(closed));
  }
}
