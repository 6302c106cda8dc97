// A datagram through an association takes nothing of the JavaScript heap, neither up nor down, with one flow and with many.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { packAddress } from '../../../../src/linux/addresses.js';
import type { Engine } from '../../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../../src/linux/engine/socket.js';
import { shutdownWrite } from '../../../../src/linux/sockets.js';
import type { Batch, Outgoing } from '../../../../src/linux/udp/datagrams.js';
import { ipOf } from '../../../../src/protocol/udp/endpoint.js';
import { headerOfIp } from '../../../../src/protocol/udp/header.js';
import { heapUseOf } from '../../../helpers/heap-use.js';
import { both, outgoing } from '../../../linux/engine/datagrams/world.js';
import { scenarioOf } from '../../../linux/engine/scenario.js';
import { IPV4 } from '../../../linux/peers.js';
import { ENGINES } from '../../../linux/world.js';
import { AssociationWorld } from './association-world.js';

/** Sends back what it gets: to who sent first. */
class Echo extends Handler {
  passed = 0;
  readonly #engine: Engine;
  readonly #out: Outgoing = outgoing(undefined, {});

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  override onDatagrams(socket: Socket, { memory, offset, count, stride, last, from }: Batch): void {
    const out = this.#out;
    out.to ??= packAddress(ipOf(from), from.port);
    out.memory = memory;
    out.offset = offset;
    out.count = count;
    out.stride = stride;
    out.size = stride;
    out.last = last;
    this.passed += count;
    this.#engine.sendDatagrams(socket, out);
  }
}

const UNDER_WAY = 60;
const ROUNDS_MAX = 12;
const DATAGRAMS = 30_000;
/** One object has at least 16, and each datagram that comes back went through the association twice; turns take some. */
const BYTES_MAX = 16;

for (const engine of ENGINES) {
  const scenario = scenarioOf(engine);

  describe(`${engine.kind}: memory of an association`, () => {
    for (const flows of [1, 20]) {
      scenario(`a datagram up and down allocates nothing: ${flows} flows`, async (world) => {
        const own = new AssociationWorld(world);
        const { relay } = own.begin();
        const client = both(world);
        // The header in front of an answer is the one that leads back to where it is from.
        const pings = new Echo(world.engine);
        world.engine.handOver(client.socket, pings);
        const far = Array.from({ length: flows }, () => {
          const server = both(world);
          world.engine.handOver(server.socket, new Echo(world.engine));
          return (server.at[2] << 8) | server.at[3];
        });
        for (let i = 0; i < UNDER_WAY; i += 1) {
          const header = headerOfIp(IPV4, far[i % flows]);
          world.engine.sendDatagramCopy(client.socket, relay, header, Buffer.alloc(60 + (i % 7)), 0);
        }
        const each = await heapUseOf(
          () => {
            const until = pings.passed + DATAGRAMS;
            while (pings.passed < until) world.engine.turn(20);
          },
          DATAGRAMS,
          BYTES_MAX,
          ROUNDS_MAX,
        );
        assert.ok(Math.min(...each) < BYTES_MAX, `bytes for each datagram: ${each.map((size) => size.toFixed(1))}`);
        shutdownWrite(own.control);
        world.until(() => own.ended.length === 1, 'the end');
      });
    }
  });
}
