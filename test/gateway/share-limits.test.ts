// Limits of a site: two gateways over one Redis, which is lost and comes back. One engine of the kernel is enough: neither knows of it.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { today } from '../../src/main/budgets/keeper.js';
import { monthOf } from '../../src/protocol/budget/month.js';
import { noUsage, usageText } from '../../src/protocol/budget/usage.js';
import type { Gateway } from '../helpers/gateway.js';
import { World } from '../helpers/gateway-world.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { echoServer } from '../helpers/servers.js';
import type { Peer } from '../helpers/socks-peer.js';
import { dialAs } from '../helpers/socks-user.js';
import { eventually } from '../helpers/until.js';

const password = 'sekrit';
const MOST = 6;
/** The public key of a gateway that tells no news. */
const key = (): string =>
  Buffer.from(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x as string, 'base64url').toString(
    'base64',
  );
const GATEWAYS = { a: key(), b: key() };

async function scene(world: World) {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-share-limits-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const redis = await startRedis();
  world.use({ close: () => redis.stop() });
  const server = world.use(await echoServer());
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'of the whole site, in 32 octets..', { mode: 0o600 });
  const gateway = (name: string, used: Readonly<Record<string, number>>): Promise<Gateway> => {
    const file = join(folder, `usage-${name}`);
    const usage = noUsage();
    for (const [user, bytes] of Object.entries(used)) usage.users.add(user, monthOf(today(), 1).begins, bytes);
    writeFileSync(file, usageText(usage));
    return world.gateway({
      users: { alice: { password, limits: { bytes_max: 0 } }, bob: { password } },
      limits: { user_connections_max: MOST, user_bytes_max: 1000 },
      ...{ workers: 1, budget_state_file: file },
      share: { url: redis.url, secret_file: secret, gateway: name, limits: true, on_loss: 'deny', gateways: GATEWAYS },
    });
  };
  const visit = async (at: Gateway, name = 'alice'): Promise<{ readonly peer: Peer; readonly isIn: boolean }> => {
    const { peer, came } = await dialAs(at.port, { name, password }, server);
    world.use(peer);
    return { peer, isIn: came === 0 };
  };
  return { redis, gateway, visit };
}

test('two gateways over one Redis leave a user one limit, and go on without it by on_loss', {
  skip: whyNoRedis() ?? false,
  timeout: 60_000,
}, async () => {
  const world = new World('epoll');
  try {
    const { redis, gateway, visit } = await scene(world);
    const [a, b] = [await gateway('a', { bob: 600 }), await gateway('b', { bob: 500 })];
    let open: Peer[] = [];
    // Until the engine is reached nobody is let in: on_loss.
    await eventually('a user has all connections of the site at one gateway', async () => {
      const { peer, isIn } = await visit(a);
      if (isIn) open.push(peer);
      return open.length === MOST;
    });
    assert.equal((await visit(a)).isIn, false);
    const first: Peer[] = [];
    await eventually('the other gateway, which did not know yet, lets nobody in any more', async () => {
      const { peer, isIn } = await visit(b);
      if (isIn) first.push(peer);
      return !isIn && first.length > 0;
    });
    assert.ok(first.length <= MOST / 2, 'no more than its local share');
    for (const { isIn } of [await visit(b), await visit(b)]) assert.equal(isIn, false);
    // What bob has carried at both is more than he may.
    await new Promise((r) => setTimeout(r, 9000));
    for (const k of (await redis.ask('keys', '*:q:m*')).trim().split('\n'))
      console.error(k, await redis.ask('hgetall', k));
    for (const one of [a, b]) await one.logged('user "bob" has carried what it may (1.1 kB of 1 kB');
    assert.equal((await visit(b, 'bob')).isIn, false);

    for (const peer of [...open, ...first]) peer.end();
    open = [];
    await eventually('what one gateway gives back, the other one has', async () => {
      const { peer, isIn } = await visit(b);
      if (isIn) open.push(peer);
      return open.length >= 2;
    });
    await redis.kill();
    // Connections go on without it.
    const [left] = open as [Peer];
    left.send('still here');
    assert.equal(String(await left.read(10)), 'still here');
    await redis.start();
    await eventually('the user is let in again', async () => (await visit(b)).isIn);
    await world.end();
  } catch (error) {
    await world.abort();
    throw error;
  }
});
