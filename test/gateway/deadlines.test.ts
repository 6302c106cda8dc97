// Connections on which nothing moves any more are ended, by a reset at both sides, so that nobody takes it for a clean end.
import assert from 'node:assert/strict';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { PeerServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const IDLE_MS = 400;
const HALF_CLOSED_MS = 200;
const CONFIG = { idle_timeout_ms: IDLE_MS, half_closed_timeout_ms: HALF_CLOSED_MS, log_level: 'debug' };
/** How much later than due a busy machine may make it. */
const LATE_MS = 1500;

async function connected(world: World) {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared(CONFIG);
  const client = world.use(await through(gateway.port, server));
  return { gateway, server, client, destination: await server.accepted() };
}

function assertTook(begun: number, due_ms: number): void {
  const took = performance.now() - begun;
  assert.ok(took > due_ms - 100 && took < due_ms + LATE_MS, `ended after ${took} ms`);
}

inBothEngines('idle_timeout_ms after the last byte both sides get a reset', async (world) => {
  const { gateway, server, client, destination } = await connected(world);
  const begun = performance.now();
  let last = begun;
  // Bytes of either direction keep it alive beyond the first deadline.
  while (last - begun < IDLE_MS * 1.5) {
    for (const [from, to] of [
      [client, destination],
      [destination, client],
    ]) {
      from.send('.');
      await to.read(1);
      last = performance.now();
      await until('a third of the time is over', () => performance.now() - last > IDLE_MS / 3 || from.closed);
    }
  }
  assert.equal(await client.ended(), 'ECONNRESET');
  assert.equal(await destination.ended(), 'ECONNRESET');
  assertTook(last, IDLE_MS);
  assert.equal((await gateway.connection(server)).ending, 'idle');
});

for (const side of ['client', 'destination'] as const) {
  inBothEngines(`half_closed_timeout_ms after the ${side} has ended both sides get a reset`, async (world) => {
    const { gateway, server, ...ends } = await connected(world);
    const other = ends[side === 'client' ? 'destination' : 'client'];
    const begun = performance.now();
    ends[side].end();
    assert.equal(await other.ended(), 'eof');
    assert.equal(await ends[side].ended(), 'ECONNRESET');
    assertTook(begun, HALF_CLOSED_MS);
    assert.equal((await gateway.connection(server)).ending, 'half-closed');
  });
}
