// The ways of one trial, in this process: the proxies or addresses of bench/race, whose faults change while requests go on.

import { freePorts } from '../../peers/free-ports.js';
import type { Fault } from '../../race/field/faults.js';
import type { ServicePorts, WayPlan } from '../../race/field/messages.js';
import { Way } from '../../race/field/way.js';
import type { HelloServer } from './hello-server.js';

/** What each way has seen since the beginning. */
export interface Totals {
  readonly at: number;
  readonly dials: readonly number[];
  readonly answered: readonly number[];
}

/** Addresses of different trials differ, since their doors are open at the same time. */
let trials = 0;

export class Ground {
  /** Where each way begins: a proxy, or an address with `tls` as its port. */
  readonly ways: readonly { readonly host: string; readonly port: number }[];
  /** The port that destinations are asked for with. */
  readonly tls: number;
  readonly #ways: readonly Way[];
  #totals: Totals;

  private constructor(places: Ground['ways'], tls: number, ways: readonly Way[]) {
    this.ways = places;
    this.tls = tls;
    this.#ways = ways;
    const none = ways.map(() => 0);
    this.#totals = { at: performance.now(), dials: none, answered: none };
  }

  static async lay(plans: readonly WayPlan[], server: Pick<HelloServer, 'port'>): Promise<Ground> {
    trials += 1;
    const [tls, retry, echo, banner] = await freePorts(4);
    const asked: ServicePorts = { tls, retry, echo, banner };
    const { port: own } = server;
    const real: ServicePorts = { tls: own, retry: own, echo: own, banner: own };
    const ports = await freePorts(plans.length);
    const places = plans.map(({ kind }, index) =>
      kind === 'proxy'
        ? { host: '127.0.0.1', port: ports[index] }
        : { host: `127.0.${trials + 1}.${index + 1}`, port: 0 },
    );
    const ways = plans.map((plan, index) => {
      const { host, port } = places[index];
      return new Way(plan, host, port, asked, real);
    });
    for (const way of ways) await way.suffer(undefined);
    return new Ground(places, tls, ways);
  }

  suffer(way: number, fault: Fault | undefined): Promise<void> {
    return this.#ways[way].suffer(fault);
  }

  totals(): Totals {
    const counts = this.#ways.map((way) => way.count());
    const { dials, answered } = this.#totals;
    this.#totals = {
      at: performance.now(),
      dials: dials.map((count, way) => count + counts[way].dials),
      answered: answered.map((count, way) => count + counts[way].answered),
    };
    return this.#totals;
  }

  async close(): Promise<void> {
    for (const way of this.#ways) await way.close();
  }
}
