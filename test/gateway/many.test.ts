// Five thousand connections at a time: all work, and when they are over the process is what it was before.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer, type TestServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import type { Peer } from '../helpers/socks-peer.js';

const CONNECTIONS = 5000;
const AT_ONCE = 200;
/** What V8 maps and unmaps as it likes, in all threads. */
const MAPS_NOISE = 120;

/** In waves: a test's own process has one thread. */
async function open(gateway: Gateway, server: TestServer): Promise<Peer[]> {
  const peers: Peer[] = [];
  while (peers.length < CONNECTIONS) {
    peers.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => through(gateway.port, server)))));
  }
  return peers;
}

inBothEngines(
  `${CONNECTIONS} connections are opened, used and closed, and leave nothing behind`,
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway({ workers: 2 });
    const fdsBefore = gateway.fds().sort().map(kind);
    const mapsBefore = gateway.maps();
    const peers = await open(gateway, server);
    for (const peer of peers) world.use(peer);
    assert.ok(gateway.sockets() >= 2 * CONNECTIONS);
    for (const [index, peer] of peers.entries()) peer.send(`connection ${index}`.padEnd(64));
    for (const [index, peer] of peers.entries()) {
      assert.equal((await peer.read(64)).toString().trimEnd(), `connection ${index}`);
    }
    // Ended by the client, broken, or ended from both sides in turn.
    for (const [index, peer] of peers.entries()) {
      if (index % 3 === 0) peer.reset();
      else if (index % 3 === 1) peer.close();
      else peer.end();
    }
    await gateway.idle();
    assert.deepEqual(gateway.fds().sort().map(kind), fdsBefore);
    const grown = gateway.maps() - mapsBefore;
    assert.ok(grown < MAPS_NOISE, `${grown} more maps`);
  },
  60_000,
);

/** `socket:[123]` is another one each time. */
function kind(fd: string): string {
  return fd.replace(/\[\d+\]$/, '');
}
