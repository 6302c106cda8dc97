// How many flows an association may have, and which one gives way.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { headerOfIp } from '../../../../../src/protocol/udp/header.js';
import type { Flow } from '../../../../../src/workers/connection/udp/flows/flow.js';
import { batchOf, IP, outgoing } from './flow-world.js';
import { SetWorld } from './set-world.js';

describe('the number of flows', () => {
  test('of an association is bounded: the longest silent one gives way', () => {
    const world = new SetWorld('endpoint', { association: 3 });
    const [first, second, third] = [1, 2, 3].map((port) => world.addIp(IP, port));
    first?.up(outgoing('moves'));
    const fourth = world.addIp(IP, 4);
    const find = (port: number): Flow | undefined => world.flows.find(headerOfIp(IP, port), 0, 10);
    assert.deepEqual([1, 2, 3, 4].map(find), [first, undefined, third, fourth]);
    assert.equal(second?.closeByOperator(), false, 'it has ended');
    assert.ok(world.news().includes('ends gave-way'));
    assert.equal(world.room, 97);
  });

  test('of the gateway is bounded: an own one gives way, and without one there is no room', () => {
    const world = new SetWorld('endpoint', { room: 1 });
    const first = world.addIp(IP, 1);
    assert.ok(first);
    assert.ok(world.addIp(IP, 2));
    assert.deepEqual([first.closeByOperator(), world.room, world.excesses], [false, 0, ['gateway']]);
    const other = new SetWorld('endpoint', { room: 0 });
    assert.equal(other.addIp(IP, 1), undefined);
    assert.deepEqual(other.excesses, ['gateway']);
  });

  test('of a client network beyond its share becomes less: two of its own give way to each new one', () => {
    const world = new SetWorld();
    for (let port = 1; port <= 10; port += 1) world.addIp(IP, port);
    world.isOverShare = true;
    assert.ok(world.addIp(IP, 11));
    assert.ok(world.addIp(IP, 12));
    assert.deepEqual([world.room, world.excesses], [92, ['share', 'share']]);
  });

  test('nothing is left at their end', () => {
    const world = new SetWorld('address');
    for (let port = 1; port < 20; port += 1) world.addIp(IP, port);
    world.flows.end('association-ended');
    assert.deepEqual([world.room, world.listening.size, world.deadlines.size, world.endings], [100, 0, 0, 19]);
    assert.equal(world.came(batchOf(IP, 3, 'x')), undefined);
  });
});
