// Five thousand clients that stop at every step of their handshake: others are served meanwhile, and they are gone in time.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { greeting, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const CLIENTS = 5000;
const AT_ONCE = 200;
const TIMEOUT_MS = 15_000;
const ASKED = request({ host: 'a.name.test', port: 443 });
/** Nothing, a part of the greeting, all of it; of the request the version, up to a name's length, half the name, all but one. */
const STEPS = [
  Buffer.alloc(0),
  Buffer.from([5]),
  greeting(),
  ...[1, 5, 10, ASKED.length - 1].map((size) => Buffer.concat([greeting(), ASKED.subarray(0, size)])),
];

inBothEngines(
  `${CLIENTS} clients that stop at ${STEPS.length} steps of the handshake hold nobody up, and end at the deadline`,
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway({ workers: 2, handshake_timeout_ms: TIMEOUT_MS });
    const slow: Peer[] = [];
    while (slow.length < CLIENTS) {
      const wave = await Promise.all(Array.from({ length: AT_ONCE }, () => Peer.connect(gateway.port)));
      for (const peer of wave) {
        world.use(peer);
        const step = STEPS[slow.length % STEPS.length];
        if (step.length > 0) peer.send(step);
        slow.push(peer);
      }
      const client = await through(gateway.port, server);
      client.send('still here');
      assert.equal((await client.read(10)).toString(), 'still here');
      client.close();
    }
    await until('all are closed', () => slow.every(({ ending }) => ending !== 'open'), 3 * TIMEOUT_MS);
    assert.ok(slow.every(({ ending }) => ending === 'eof'));
    await gateway.idle();
    const wrong = gateway.records.filter(({ level }) => level === 'error' || level === 'fatal');
    assert.deepEqual(wrong, []);
  },
  90_000,
);
