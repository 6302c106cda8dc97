// A datagram takes nothing of the JavaScript heap, neither when it comes nor when it goes. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Engine } from '../../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../../src/linux/engine/socket.js';
import type { Batch, Outgoing } from '../../../../src/linux/udp/datagrams.js';
import { heapUseOf } from '../../../helpers/heap-use.js';
import { ENGINES } from '../../world.js';
import { scenarioOf } from '../scenario.js';
import { both, bytes, outgoing } from './world.js';

/** Sends what comes to the other socket, one with a head in front and the other without it. */
class Bouncer extends Handler {
  passed = 0;
  readonly #engine: Engine;
  readonly #out: Outgoing;
  readonly #cut: number;

  constructor(engine: Engine, to: Uint8Array, head: Uint8Array | undefined, cut: number) {
    super();
    this.#engine = engine;
    this.#out = { ...outgoing(to, { ecn: 1 }), head };
    this.#cut = cut;
  }

  override onDatagrams(socket: Socket, { memory, offset, count, stride, last }: Batch): void {
    const out = this.#out;
    out.memory = memory;
    out.offset = offset + this.#cut;
    out.count = count;
    out.stride = stride;
    out.size = stride - this.#cut;
    out.last = last - this.#cut;
    this.passed += count;
    this.#engine.sendDatagrams(socket, out);
  }
}

const HEAD = bytes('head of ten');
const ROUNDS_MAX = 10;
const DATAGRAMS = 50_000;
/** An object has at least 16; a turn takes some, and has several datagrams. */
const BYTES_MAX = 8;

for (const engine of ENGINES) {
  const scenario = scenarioOf(engine);

  describe(`${engine.kind}: memory of datagrams`, () => {
    scenario('a relayed datagram allocates nothing', async (world) => {
      const [one, other] = [both(world), both(world)];
      const adds = new Bouncer(world.engine, other.at, HEAD, 0);
      world.engine.handOver(one.socket, adds);
      world.engine.handOver(other.socket, new Bouncer(world.engine, one.at, undefined, HEAD.length));
      // Of different sizes, so that not all go as one.
      for (let i = 0; i < 60; i += 1) {
        world.engine.sendDatagramCopy(one.socket, other.at, HEAD, Buffer.alloc(60 + (i % 7)), 0);
      }
      const each = await heapUseOf(
        () => {
          const until = adds.passed + DATAGRAMS;
          while (adds.passed < until) world.engine.turn(20);
        },
        DATAGRAMS,
        BYTES_MAX,
        ROUNDS_MAX,
      );
      assert.ok(Math.min(...each) < BYTES_MAX, `bytes for each datagram: ${each.map((size) => size.toFixed(1))}`);
    });
  });
}
