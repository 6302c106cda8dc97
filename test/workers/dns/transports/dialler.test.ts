// When a server behind proxies rests: after failures in a row, for longer each time, until it can be reached again.
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { Resting } from '../../../../src/workers/dns/transports/dialler.js';

class World {
  now = 0;
  dials = 0;
  works = false;
  readonly resting = new Resting(
    async (signal) => {
      this.dials += 1;
      if (this.works) return new Socket();
      if (!signal.aborted) throw new Error('refused');
      throw new Error('given up');
    },
    () => this.now,
  );

  /** What became of a dial. */
  async dial(signal = new AbortController().signal): Promise<string> {
    return this.resting.dial(signal).then(
      (socket) => {
        socket.destroy();
        return 'connected';
      },
      ({ message }: Error) => (message.startsWith('its last connections failed') ? 'rests' : message),
    );
  }
}

test('after two failures it rests, for twice as long after each further one, up to 16 s', async () => {
  const world = new World();
  assert.deepEqual([await world.dial(), await world.dial(), await world.dial()], ['refused', 'refused', 'rests']);
  for (const rest_ms of [1000, 2000, 4000, 8000, 16_000, 16_000]) {
    world.now += rest_ms - 1;
    assert.equal(await world.dial(), 'rests', `${rest_ms} ms`);
    world.now += 1;
    assert.equal(await world.dial(), 'refused', `${rest_ms} ms`);
  }
  assert.equal(world.dials, 8);
});

test('a success forgets the failures before it', async () => {
  const world = new World();
  await world.dial();
  await world.dial();
  world.now += 1000;
  world.works = true;
  assert.deepEqual([await world.dial(), await world.dial()], ['connected', 'connected']);
  world.works = false;
  assert.deepEqual([await world.dial(), await world.dial(), await world.dial()], ['refused', 'refused', 'rests']);
});

test('a dial that is given up soon is no failure, and one that took long is', async () => {
  const world = new World();
  const abort = new AbortController();
  abort.abort();
  for (let turn = 0; turn < 5; turn += 1) assert.equal(await world.dial(abort.signal), 'given up');
  let time = 0;
  const slow = new Resting(
    async () => {
      time += 250;
      throw new Error('given up');
    },
    () => time,
  );
  for (let turn = 0; turn < 2; turn += 1) await assert.rejects(slow.dial(abort.signal), /given up/);
  await assert.rejects(slow.dial(abort.signal), /its last connections failed/);
});
