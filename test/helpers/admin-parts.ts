// The parts of an admin actor without a gateway: each test gives those that it needs.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { call, closed, type Remote, serve } from '../../src/threads/port.js';
import { ActorCounts } from '../../src/threads/shared/actor-memory.js';
import { Counters } from '../../src/threads/shared/counters.js';
import { GatewayCounts } from '../../src/threads/shared/gateway-counts.js';
import type { AdminParts } from '../../src/workers/admin/shared/parts.js';

const missing = (name: string) => (): never => {
  throw new Error(`the test gives no ${name}`);
};

/** What is asked for and not given is a mistake of the test. */
export function adminParts(given: Partial<AdminParts>): AdminParts {
  return {
    options: missing('options'),
    listeners: () => [],
    former: () => ({ lines: [], listeners: [] }),
    rules: () => undefined,
    get gateway(): AdminParts['gateway'] {
      return missing('gateway')();
    },
    connections: () => new Map(),
    names: () => undefined,
    routes: () => undefined,
    share: () => undefined,
    ofGateway: new GatewayCounts(),
    udpLines: { of: () => ({ relays: 'unknown', asked_ms: undefined, silent_ms: undefined, failed: undefined }) },
    traces: () => ({ sent: 0, dropped: 0 }),
    counters: new Counters(Counters.create(1)),
    counted: () => 0,
    counts: () => new ActorCounts([]),
    ...given,
  };
}

/** Contracts that are served at ports, as other threads serve them. `close` is called in the end. */
export class Served {
  readonly #ports: MessagePort[] = [];

  remote<Contract extends object>(contract: Contract): Remote<Contract> {
    return call<Contract>(this.port(contract));
  }

  /** The other end of it. */
  port(contract: object): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1, port2);
    serve(contract, port1);
    return port2;
  }

  /** Of a contract of which only these methods are called. */
  part<Contract extends object>(methods: Partial<Contract>): Remote<Contract> {
    return this.remote(methods as Contract);
  }

  async close(): Promise<void> {
    await Promise.all(this.#ports.splice(0).map(closed));
  }
}
