// An actor that has nothing more to do ends the rest in which main leaves clients to gather.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActorsWorld } from '../../helpers/actors-world.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { echoServer } from '../../helpers/servers.js';
import { until } from '../../helpers/until.js';
import { ENGINES } from '../../linux/world.js';

for (const { kind, missing } of ENGINES) {
  test(`${kind}: main’s rest is over as soon as an actor has nothing to do`, { skip: missing ?? false }, async () => {
    const server = await echoServer();
    const world = await ActorsWorld.start(defaultOptions(), kind);
    world.rest();
    void world.ask('127.0.0.1', server.port, 'hello');
    await until('the actor rings', () => world.isRoused);
    assert.ok(world.isRoused);
    await world.close();
    await server.close();
  });
}
