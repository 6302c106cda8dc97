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

inBothEngines(
  'the gateway that runs is asked, where it has a control socket: it knows which circuit is open',
  async (world) => {
    const folder = mkdtempSync(join(directory, 'running-'));
    const server = world.use(await echoServer());
    const phone = world.use(await TrickProxy.listen('works'));
    const home = { type: 'socks5', host: '127.0.0.1', port: await freePort(), name: 'home' };
    const upstream = multipath(home, { ...phone.line, name: 'phone', tier: 1, budget_bytes: '1GB' });
    const rules = [{ client: '127.0.0.9', use: ['phone'] }];
    const files = { control_socket: join(folder, 'control'), budget_state_file: join(folder, 'usage') };
    const config = { upstream, rules, race: { margin_ms: 5000 }, ...files };
    const gateway = await world.gateway(config);
    for (const host of ['a.test', 'b.test', 'c.test'])
      (await through(gateway.port, { host, port: server.port })).close();
    const told = await explained(world, config, `d.test:${server.port}`);
    assert.deepEqual([told.outlook_of, told.budgets_of], ['running', 'running']);
    const at = told.outlook?.lines.find(({ line }) => line === 'home');
    assert.match(at?.why.map(({ kind }) => kind).join() ?? '', /circuit-(open|trial)/);
    const far = await explained(world, config, `d.test:${server.port}`, '--client', '127.0.0.9');
    assert.deepEqual(
      far.outlook?.lines.map(({ line, why: [first] }) => [line, first?.kind]),
      [
        ['phone', undefined],
        ['home', 'kept-away-by-rule'],
      ],
    );
    await gateway.stop();
    const alone = await explained(world, config, `d.test:${server.port}`);
    assert.deepEqual([alone.outlook_of, alone.budgets_of], ['own', 'file']);
  },
);
