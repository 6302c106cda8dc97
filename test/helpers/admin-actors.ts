// The parts of an admin actor with other actors that a test makes up: what it does not give of them fails.
import type { ConnectionsAdmin } from '../../src/threads/contracts/admin/connections.js';
import type { GatewayAdmin } from '../../src/threads/contracts/admin/gateway.js';
import type { NamesAdmin } from '../../src/threads/contracts/admin/names.js';
import { call, type Remote } from '../../src/threads/port.js';
import type { AdminParts } from '../../src/workers/admin/shared/parts.js';
import { adminParts, Served } from './admin-parts.js';
import { gatewayOptions } from './gateway-options.js';

export interface GivenActors {
  readonly gateway?: Partial<GatewayAdmin>;
  readonly connections?: readonly Partial<ConnectionsAdmin>[];
  readonly names?: Partial<NamesAdmin>;
}

/** To be closed in the end. */
export class AdminActors {
  readonly #served = new Served();
  readonly parts: AdminParts;

  constructor({ gateway = {}, connections = [], names }: GivenActors) {
    const remotes = new Map(connections.map((one, at) => [at, this.#remote<ConnectionsAdmin>(one)]));
    const namesRemote = names && this.#remote<NamesAdmin>(names);
    this.parts = adminParts({
      options: () => gatewayOptions({}),
      gateway: this.#remote<GatewayAdmin>(gateway),
      connections: () => remotes,
      names: () => namesRemote,
    });
  }

  #remote<Contract>(contract: object): Remote<Contract> {
    return call<Contract>(this.#served.port(contract));
  }

  close(): Promise<void> {
    return this.#served.close();
  }
}
