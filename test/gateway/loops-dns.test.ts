// Two gateways that ask their name servers through each other, by names that the other one must look up first: neither can
// answer before the other. Nothing grows, and once the clients have gone it comes to rest.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const TIMEOUT_MS = 1000;
/** Longer than any lookup, and so than any connection that waits for one. */
const QUIET_MS = 3 * TIMEOUT_MS;

async function crossed(world: World, more: object) {
  const [a, b] = [await freePort(), await freePort()];
  const gateway = (letter: string, port: number, other: number) =>
    world.gateway({
      ...{ port, workers: 1, log_level: 'debug', ...servers(letter, 'other') },
      dns: { timeout_ms: TIMEOUT_MS, try_timeout_ms: TIMEOUT_MS / 2, probe: { enabled: 'off' } },
      upstream: {
        type: 'multipath',
        list: [
          { type: 'direct', name: 'direct' },
          { type: 'socks5', name: 'other', host: '127.0.0.1', port: other },
        ],
      },
      ...more,
    });
  return [await gateway('a', a, b), await gateway('b', b, a)] as const;
}

const servers = (letter: string, via: string) => ({
  nameservers: ['first', 'second'].map((name) => ({ server: `tls://${name}-${letter}.test`, via })),
  nameservers_backup: ['third', 'fourth'].map((name) => ({ server: `https://${name}-${letter}.test/dns-query`, via })),
});

for (const [what, more] of [
  // Clients reach names by what the gateway finds out itself.
  ['name servers', { rules: [{ use: ['direct'] }] }],
  ['name servers, and lines,', {}],
] as const) {
  inBothEngines(
    `gateways that have their ${what} through each other come to rest`,
    async (world) => {
      const gateways = await crossed(world, more);
      const { peer, reply } = await dial(gateways[0].port, { host: 'site.test', port: 9 });
      world.use(peer);
      assert.notEqual(reply.rep, 0);
      peer.end();
      const quiet_ms = (gateway: Gateway) => Date.now() - Date.parse(String(gateway.records.at(-1)?.['time']));
      const areQuiet = () => gateways.every((gateway) => quiet_ms(gateway) > QUIET_MS);
      await until('no connection has ended for a while', areQuiet, 40_000);
      for (const gateway of gateways) await gateway.idle();
      for (const { connections } of gateways) assert.ok(connections.length <= 1000, `${connections.length}`);
    },
    60_000,
  );
}
