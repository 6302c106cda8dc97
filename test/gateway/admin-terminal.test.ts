// The commands that look at a running gateway, and `tcproute explain` beside one: what they hear from it over its admin API.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Look } from '../../src/main/commands/admin/looks.js';
import { type LookAsked, look } from '../../src/main/commands/look.js';
import { directory, explained, HERE, multipath, results } from '../helpers/explain-command.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { EchoClient, startEcho } from '../helpers/socks-echo.js';

inBothEngines('a running gateway is looked at, and explain begins with its memory', async (world) => {
  const admin = join(directory, `${world.engine}.admin`);
  const good = world.use(await TrickProxy.listen('works'));
  const bad = world.use(await TrickProxy.listen('silent'));
  const upstream = multipath({ ...bad.line, name: 'bad' }, { ...good.line, name: '\u597d' });
  // A busy machine makes nobody late. No state file: what it remembers only the gateway itself knows.
  const config = { ...HERE, upstream, race: { margin_ms: 5000 }, admin: { listen: admin } };
  const gateway = await world.gateway(config);
  const server = world.use(await startEcho());
  const client = world.use(await EchoClient.open(gateway.port, server.port));
  await client.echo('12345');

  const lookAt = async (command: Look, asked: LookAsked = {}): Promise<string> => {
    const { status, said, complaint } = await look(command, { ...asked, admin }, undefined, 80);
    assert.deepEqual([status, complaint], [0, undefined], said);
    return said as string;
  };
  const target = `127.0.0.1:${server.port}`;
  // What this process knows of the gateway's answers is what they hold: no field is missing.
  assert.match(
    await lookAt('connections'),
    new RegExp(`^127\\.0\\.0\\.1:\\d+ +${target} +\u597d +5 B +5 B +\\d+ m?s$`, 'm'),
  );
  assert.match(await lookAt('lines'), /^bad +up +0 +0 +0 % .*\n\u597d +up +0 +1 +100 % +\S+ +\d+ +[\d.]+ ms/m);
  assert.match(
    await lookAt('routes', { target: target }),
    new RegExp(`^${target} +\u597d +127\\.0\\.0\\.1 +\\d +\\d+ m?s$`, 'm'),
  );
  assert.equal(await lookAt('connections', { line: 'bad' }), 'no live connection\n');
  assert.equal(await lookAt('bad-addresses'), 'no address is held for false\n');
  const status = await lookAt('status');
  assert.match(status, /^tcproute [\d.]+, up \d+ m?s, process \d+: all is well\n/);
  assert.match(status, /^ {2}1 live of \d+ {3}up \S+ k?B\/s {3}down \S+ k?B\/s {3}new \S+\/s {3}failed 0\/s$/m);
  assert.match(status, /^ {2}[\d.]+ MB of memory {3}\d+ file descriptors of \d+ {3}\d+ actors$/m);
  assert.match(
    status,
    new RegExp(`^ {2}127\\.0\\.0\\.1:${gateway.port} +127\\.0\\.0\\.1:${gateway.port} +\\S.* +1 +0 +0$`, 'm'),
  );

  const told = await explained(world, config, target, '--no-tls');
  assert.deepEqual(
    [told.race.why, results(told), told.outlook_of],
    ['remembered', [['\u597d', 'connected']], 'running'],
  );
  assert.deepEqual(
    told.outlook?.lines.map(({ line, turn }) => [line, turn]),
    [
      ['\u597d', 'first'],
      ['bad', 'others'],
    ],
  );
});
