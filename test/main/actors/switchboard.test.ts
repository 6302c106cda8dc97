// Who hears of the links of lines, of what an operator sets of them, and of lines that there were: actors that serve, those that begin to, and those that are started.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Switchboard } from '../../../src/main/actors/switchboard.js';
import { type Steering, UNSTEERED } from '../../../src/protocol/steering/steering.js';
import type { LineLink } from '../../../src/protocol/uplinks/line-link.js';
import type { AdminControl, Former } from '../../../src/threads/contracts/admin/control.js';
import type { ConnectionActor } from '../../../src/threads/contracts/connection.js';
import type { RoutesControl } from '../../../src/threads/contracts/routes.js';
import type { Generation } from '../../../src/threads/contracts/start.js';
import { call, closed, type Remote, serve } from '../../../src/threads/port.js';
import { newActorMemory } from '../../../src/threads/shared/actor-memory.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';

const link = (fault: LineLink['fault'], news: number): LineLink => ({
  ...{ line: 0, fault, at: 'eth1', news, ip4: undefined, ip6: undefined },
});
const [DOWN, UP] = [[link('no-carrier', 0)], [link(undefined, 1)]];

class World {
  readonly generation = { options: gatewayOptions({}), listeners: [] };
  readonly switchboard = new Switchboard({ ...this.generation, links: DOWN }, () => false);
  readonly told: string[] = [];
  readonly steered: string[] = [];
  readonly #ports: MessagePort[] = [];

  #serve<Contract>(api: object): Remote<Contract> {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1, port2);
    serve(api, port1);
    return call<Contract>(port2);
  }

  #heard(who: string, links: readonly LineLink[] | undefined): void {
    this.told.push(`${who} ${links?.map(({ fault }) => fault ?? 'up').join(' ')}`);
  }

  #steered(who: string, steering: Steering | undefined): void {
    this.steered.push(`${who} ${steering?.paused.join(' ') ?? 'nothing'}`);
  }

  connection(who: string): Remote<ConnectionActor> {
    return this.#serve({
      publish: async ({ links, steering }: Generation) => {
        this.#heard(who, links);
        this.#steered(who, steering);
      },
      setSteering: async (steering: Steering) => this.#steered(who, steering),
      setLinks: async (links: readonly LineLink[]) => this.#heard(who, links),
      connectRoutes: async (...ports: readonly MessagePort[]) => void this.#ports.push(...ports),
    });
  }

  routes(): Remote<RoutesControl> {
    return this.#serve({
      configure: async () => {},
      setSteering: async (steering: Steering) => this.#steered('routes', steering),
      setLinks: async (links: readonly LineLink[]) => this.#heard('routes', links),
      connect: async (_actor: number, ...ports: readonly MessagePort[]) => void this.#ports.push(...ports),
    });
  }

  admin(told: Former[]): Remote<AdminControl> {
    return this.#serve({
      configure: async (...[, , former]: Parameters<AdminControl['configure']>) => void told.push(former),
      setRules: async () => {},
      setMemories: async () => {},
      connectRoutes: async (port: MessagePort) => void this.#ports.push(port),
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#ports.map(closed));
  }
}

test('every actor knows the links when it begins to serve, and hears when they change', async () => {
  const world = new World();
  const { switchboard, told } = world;
  try {
    await switchboard.connectionServes(world.connection('first'), newActorMemory(0));
    await switchboard.routesServe(world.routes());
    assert.deepEqual(told.splice(0), ['first no-carrier', 'routes no-carrier']);
    await switchboard.setLinks(UP);
    assert.deepEqual(told.splice(0).sort(), ['first up', 'routes up']);
    // One that is started again, or has been.
    assert.deepEqual(switchboard.generation.links, UP);
    await switchboard.connectionServes(world.connection('second'), newActorMemory(1));
    assert.deepEqual(told.splice(0), ['second up']);
    // Another configuration does not bring back what was so before.
    await switchboard.setLinks(DOWN);
    told.splice(0);
    await switchboard.publish(world.generation);
    assert.deepEqual(told.splice(0).sort(), ['first no-carrier', 'routes no-carrier', 'second no-carrier']);
  } finally {
    await world.close();
  }
});

test('every actor knows what an operator has set when it begins to serve, also one that is started again', async () => {
  const world = new World();
  const { switchboard, steered } = world;
  try {
    await switchboard.connectionServes(world.connection('first'), newActorMemory(0));
    await switchboard.routesServe(world.routes());
    assert.deepEqual(steered.splice(0), ['first nothing']);
    await switchboard.setSteering({ ...UNSTEERED, paused: [0, 2] });
    assert.deepEqual(steered.splice(0).sort(), ['first 0 2', 'routes 0 2']);
    assert.deepEqual(switchboard.generation.steering?.paused, [0, 2]);
    await switchboard.connectionServes(world.connection('second'), newActorMemory(1));
    await switchboard.routesServe(world.routes());
    assert.deepEqual(steered.splice(0), ['second 0 2', 'routes 0 2']);
    await switchboard.publish(world.generation);
    assert.deepEqual(steered.splice(0).sort(), ['first 0 2', 'routes 0 2', 'second 0 2']);
    await switchboard.publish({ ...world.generation, steering: { ...UNSTEERED, paused: [5] } });
    assert.deepEqual(steered.splice(0).sort(), ['first 5', 'routes 5', 'second 5']);
  } finally {
    await world.close();
  }
});

test('the admin actor knows what there was before, also one that is started again', async () => {
  const world = new World();
  const { switchboard, generation } = world;
  const told: Former[] = [];
  try {
    await switchboard.adminServes(world.admin(told));
    const { options } = generation;
    const [line] = options.lines;
    const other = { ...line, number: 7, name: 'other' };
    await switchboard.publish({ ...generation, options: { ...options, lines: [other] } });
    await switchboard.adminServes(world.admin(told));
    const { number, name } = line;
    const former = { lines: [{ number, name }], listeners: [] };
    assert.deepEqual(told, [{ lines: [], listeners: [] }, former, former]);
  } finally {
    await world.close();
  }
});
