// What explain says of lines of which some are dearer: which goes first, what holds the others back, and what is tried again.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { directory, explained, multipath } from '../helpers/explain-command.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';

inBothEngines(
  'tiers and budgets: what is held back, what is spent, and when the cheap line is tried again',
  async (world) => {
    const folder = mkdtempSync(join(directory, 'tiers-'));
    const server = world.use(await echoServer());
    const phone = world.use(await TrickProxy.listen('works'));
    const home = { type: 'socks5', host: '127.0.0.1', port: await freePort(), name: 'home' };
    const upstream = multipath(home, { ...phone.line, name: 'phone', tier: 1, budget_bytes: '1GB' });
    // A busy machine makes nobody late.
    const config = {
      upstream,
      budget_state_file: join(folder, 'usage'),
      race: { margin_ms: 5000 },
      cache: { state_file: join(folder, 'routes') },
    };
    const kindsOf = async () => {
      const { outlook, budgets, race } = await explained(world, config, `a.test:${server.port}`);
      const lines = outlook?.lines.map(({ line, tier, turn, why, addresses }) => [
        ...[line, tier, turn],
        ...[...why, ...addresses.flatMap((address) => address.why)].map(({ kind }) => kind),
      ]);
      return { lines, budgets, winner: race.attempts[race.winner ?? -1]?.line };
    };
    const first = await kindsOf();
    assert.deepEqual(first.lines, [
      ['home', 0, 'others', 'unknown'],
      ['phone', 1, 'others', 'held-back', 'unknown'],
    ]);
    assert.deepEqual(
      [first.winner, first.budgets?.[0]?.lines, first.budgets?.[0]?.is_spent],
      ['phone', ['phone'], false],
    );
    const gateway = await world.gateway(config);
    (await through(gateway.port, { host: 'a.test', port: server.port })).close();
    await gateway.stop();
    const again = await kindsOf();
    assert.deepEqual(again.lines, [
      ['phone', 1, 'first', 'best'],
      ['home', 0, 'others', 'home-trial-later', 'unknown'],
    ]);
  },
);
