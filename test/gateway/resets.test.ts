// A broken connection is passed on as broken: a reset at one side is a reset at the other, never a clean end, which would
// turn a truncated answer into a whole one.
import assert from 'node:assert/strict';
import { ECONNRESET } from '../../src/linux/errno.js';
import { closeFd, shutdownWrite } from '../../src/linux/sockets.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { PeerServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import type { Peer } from '../helpers/socks-peer.js';
import { pump, rawThrough } from '../helpers/socks-raw.js';
import { until } from '../helpers/until.js';
import { fillUp, readToEnd, resetFd } from '../linux/peers.js';

const sides = ['client', 'destination'] as const;

interface Ends {
  readonly gateway: Gateway;
  readonly server: PeerServer;
  readonly client: Peer;
  readonly destination: Peer;
}

async function connected(world: World): Promise<Ends> {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared({ log_level: 'debug' });
  const client = world.use(await through(gateway.port, server));
  return { gateway, server, client, destination: await server.accepted() };
}

/** How a direction without room keeps its bytes: in a pipe, or, where there is none, as they are. */
const WAYS = { spliced: 128, copied: 0 } as const;

/** Sends from one end, whose other end reads nothing, until nowhere is room any more; the bytes that went in. */
async function fillTheWay(from: number): Promise<number> {
  let sent = fillUp(from);
  let grown = performance.now();
  await until('nowhere is room', () => {
    const more = fillUp(from);
    if (more > 0) grown = performance.now();
    sent += more;
    return performance.now() - grown > 300;
  });
  return sent;
}

for (const [how, pipes_max] of Object.entries(WAYS)) {
  for (const side of sides) {
    const other = side === 'client' ? 'destination' : 'client';

    inBothEngines(`a reset by the ${side} is seen while the ${other} has no room (${how})`, async (world) => {
      const gateway = await world.shared({ log_level: 'debug', limits: { pipes_max } });
      const ends = rawThrough(gateway.port);
      await fillTheWay(ends[side]);
      resetFd(ends[side]);
      const { ending } = await gateway.connection({ host: '127.0.0.1', port: ends.port });
      assert.equal(ending, `reset-by-${side}`);
      await gateway.idle();
      assert.equal(readToEnd(ends[other]).end, -ECONNRESET);
      closeFd(ends[other]);
    });

    inBothEngines(`what waits for room at the ${other} arrives after both have ended (${how})`, async (world) => {
      const gateway = await world.shared({ log_level: 'debug', limits: { pipes_max } });
      const ends = rawThrough(gateway.port);
      const sent = await fillTheWay(ends[side]);
      shutdownWrite(ends[side]);
      shutdownWrite(ends[other]);
      assert.equal(readToEnd(ends[side]).end, 0);
      const { bytes, end } = readToEnd(ends[other]);
      assert.deepEqual([bytes.length, end], [sent, 0]);
      closeFd(ends[side]);
      closeFd(ends[other]);
      const { ending } = await gateway.connection({ host: '127.0.0.1', port: ends.port });
      assert.equal(ending, 'complete');
    });
  }
}

for (const side of sides) {
  const other = side === 'client' ? 'destination' : 'client';

  inBothEngines(`a reset by the ${side} is a reset at the ${other}`, async (world) => {
    const ends = await connected(world);
    ends.client.send('x');
    await ends.destination.read(1);
    ends[side].reset();
    assert.equal(await ends[other].ended(), 'ECONNRESET');
    assert.equal((await ends.gateway.connection(ends.server)).ending, `reset-by-${side}`);
  });

  inBothEngines(`a reset by the ${side} after it has half-closed is a reset at the ${other}`, async (world) => {
    const ends = await connected(world);
    ends[side].end();
    assert.equal(await ends[other].ended(), 'eof');
    ends[side].reset();
    // Having read an end of stream, Node looks at a socket again only when it writes.
    await until('writing fails', () => {
      ends[other].send('x');
      return ends[other].ending !== 'eof';
    });
    assert.match(ends[other].ending, /^(?:ECONNRESET|EPIPE)$/);
  });

  inBothEngines(`a reset by the ${side} in the midst of a bulk transfer is a reset at the ${other}`, async (world) => {
    const gateway = await world.shared({ log_level: 'debug' });
    const ends = rawThrough(gateway.port);
    pump(ends[side], ends[other], 8 << 20);
    resetFd(ends[side]);
    assert.equal(readToEnd(ends[other]).end, -ECONNRESET);
    closeFd(ends[other]);
    const { ending } = await gateway.connection({ host: '127.0.0.1', port: ends.port });
    assert.equal(ending, `reset-by-${side}`);
  });

  inBothEngines(
    `a reset by the receiving ${side} in the midst of a bulk transfer stops the ${other}`,
    async (world) => {
      const gateway = await world.shared({ log_level: 'debug' });
      const ends = rawThrough(gateway.port);
      pump(ends[other], ends[side], 8 << 20);
      resetFd(ends[side]);
      assert.equal(readToEnd(ends[other]).end, -ECONNRESET);
      closeFd(ends[other]);
      const { ending } = await gateway.connection({ host: '127.0.0.1', port: ends.port });
      assert.equal(ending, `reset-by-${side}`);
    },
  );

  inBothEngines(`an end by the ${side} in the midst of a bulk transfer is an end at the ${other}`, async (world) => {
    const { port } = await world.shared({ log_level: 'debug' });
    const ends = rawThrough(port);
    pump(ends[side], ends[other], 8 << 20);
    shutdownWrite(ends[side]);
    assert.equal(readToEnd(ends[other]).end, 0);
    closeFd(ends[other]);
    closeFd(ends[side]);
  });
}
