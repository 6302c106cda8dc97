// What a user may carry in a month: counted in all workers, kept over a restart, and once it is spent, new connections are refused.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { today } from '../../src/main/budgets/keeper.js';
import { monthOf } from '../../src/protocol/budget/month.js';
import { noUsage, usageText } from '../../src/protocol/budget/usage.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { dialAs } from '../helpers/socks-user.js';

const password = 'sekrit';

inBothEngines('a user that has carried what it may is refused, and what others carry is kept', async (world) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-user-bytes-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const server = world.use(await echoServer());
  const file = join(folder, 'usage');
  const { begins, ends } = monthOf(today(), 1);
  const usage = noUsage();
  usage.users.add('alice', begins, 1500);
  usage.users.add('bob', begins, 1500);
  writeFileSync(file, usageText(usage));
  const gateway = await world.gateway({
    users: { alice: { password }, bob: { password, limits: { bytes_max: '1MB' } }, carol: { password } },
    ...{ workers: 2, budget_state_file: file, limits: { user_bytes_max: '1.5kB' } },
  });
  const told = await gateway.logged('user "alice" has carried what it may');
  assert.deepEqual([told.level, told['used'], told['of'], told['until']], ['warn', 1500, 1500, ends]);
  const visit = async (name: string) => {
    const { peer, came } = await dialAs(gateway.port, { name, password }, server);
    world.use(peer);
    return { peer, came };
  };
  assert.equal((await visit('alice')).came, 2);
  await gateway.logged('it has carried as much in this month as limits.user_bytes_max allows (1.5 kB)');
  for (const name of ['bob', 'carol', 'carol+home']) {
    const { peer, came } = await visit(name);
    assert.equal(came, 0);
    peer.send('x'.repeat(100));
    await peer.read(100);
    peer.end();
    await peer.ended();
  }
  gateway.child.kill('SIGTERM');
  await gateway.exited;
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).users, {
    ...{ alice: { [begins]: 1500 }, bob: { [begins]: 1700 }, carol: { [begins]: 400 } },
  });
});
