// The route actor: the long task of one worker thread, and the one place where what every connection actor learned comes
// together. What one of them reports is told to the others; a new one is told everything. It measures nothing itself.
import type { MessagePort } from 'node:worker_threads';
import type { Route, RouteChange, RoutesActor, RoutesControl } from '../../protocol/messages.js';
import { RouteTable } from '../../protocol/route-table.js';
import { serve } from '../../threads/port.js';
import type { RoutesStart } from '../../threads/start.js';
import { Subscriber } from './subscriber.js';

/** Of one connection actor. */
interface Connected {
  readonly reports: MessagePort;
  readonly pushes: MessagePort;
  readonly subscriber: Subscriber;
}

/** Settles after `stop()`, or when the other end of the control port closes. */
export async function run({ options, control }: RoutesStart): Promise<void> {
  const routes = new Routes(options.cache);
  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve(
    {
      connect: async (actor: number, reports: MessagePort, pushes: MessagePort) =>
        routes.connect(actor, reports, pushes),
      // The answer to this call goes out first.
      stop: async () => void setImmediate(() => control.close()),
    } satisfies RoutesControl,
    control,
  );
  await ended;
  await routes.close();
}

class Routes {
  readonly #table: RouteTable<Route>;
  readonly #entries_max: number;
  readonly #connected = new Map<number, Connected>();

  constructor(cache: RoutesStart['options']['cache']) {
    this.#table = new RouteTable(cache.entries_max, cache.ttl_s * 1000);
    this.#entries_max = cache.entries_max;
  }

  connect(actor: number, reports: MessagePort, pushes: MessagePort): void {
    const before = this.#connected.get(actor);
    const connected = { reports, pushes, subscriber: new Subscriber(pushes, this.#entries_max) };
    this.#connected.set(actor, connected);
    before?.reports.close();
    before?.pushes.close();
    for (const port of [reports, pushes]) port.once('close', () => this.#gone(actor, connected));
    serve({ report: async (reporter, changes) => this.#report(reporter, changes) } satisfies RoutesActor, reports);
    connected.subscriber.tell(this.#everything());
  }

  *#everything(): Generator<RouteChange> {
    for (const [destination, route] of this.#table.entries(performance.now())) yield { destination, route };
  }

  #report(reporter: number, changes: readonly RouteChange[]): void {
    const now = performance.now();
    for (const { destination, route } of changes) {
      if (route === undefined) this.#table.forget(destination);
      else this.#table.set(destination, route, now);
    }
    for (const [actor, { subscriber }] of this.#connected) {
      if (actor !== reporter) subscriber.tell(changes);
    }
  }

  #gone(actor: number, connected: Connected): void {
    if (this.#connected.get(actor) !== connected) return;
    this.#connected.delete(actor);
    connected.reports.close();
    connected.pushes.close();
  }

  async close(): Promise<void> {
    const ports = [...this.#connected.values()].flatMap(({ reports, pushes }) => [reports, pushes]);
    this.#connected.clear();
    await Promise.all(
      ports.map(
        (port) =>
          new Promise<void>((resolve) => {
            port.once('close', resolve);
            port.close();
          }),
      ),
    );
  }
}
