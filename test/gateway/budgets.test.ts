// What lines have carried, over an upgrade and a restart.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import type { Peer } from '../helpers/socks-peer.js';
import { UpgradedGateway } from '../helpers/upgraded-gateway.js';

/** What is carried to the server and back, together. */
async function carries(peer: Peer, bytes: number): Promise<void> {
  peer.send('x'.repeat(bytes / 2));
  await peer.read(bytes / 2);
}

inBothEngines('what is left in the process before an upgrade counts, and all of it after a restart', async (world) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-usage-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const server = world.use(await echoServer());
  const file = join(folder, 'usage');
  const config = {
    ...{ workers: 1, budget_state_file: file },
    upstream: [{ type: 'direct', name: 'lte', budget_bytes: '1kB' }, 'direct'],
  };
  const gateway = await UpgradedGateway.start(world, config);
  const [first] = gateway.pids as [number];
  const open = world.use(await through(gateway.port, server));
  await carries(open, 400);
  await gateway.upgrade();
  await carries(open, 800);
  open.end();
  await gateway.ends(first);
  const spent = await gateway.gateway.logged('budget "lte" is spent');
  assert.deepEqual([spent.level, spent['used'], spent['of']], ['warn', 1200, 1000]);
  gateway.signal('SIGTERM');
  await gateway.gateway.exited;
  await gateway.ends(gateway.pid);
  assert.match(readFileSync(file, 'utf8'), /"\[\\"lte\\",null,0\]":\{"\d{4}-\d\d-\d\d":1200\}/);
  const again = await world.gateway({ ...config, log_level: 'debug' });
  assert.equal((await again.logged('budget "lte" is spent'))['used'], 1200);
  // The line of the lower tier now.
  const later = world.use(await through(again.port, server));
  await carries(later, 2);
  later.end();
  assert.equal((await again.connection(server))['line'], 'direct');
});
