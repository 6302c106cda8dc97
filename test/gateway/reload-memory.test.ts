// A reload that changes the bounds of what is remembered, and where it is kept: what there is room for stays.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { StateClaims } from '../../src/main/process/state-claims.js';
import { captureLog } from '../helpers/capture-log.js';
import { DnsServer } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-memory-'));
after(() => rmSync(directory, { recursive: true }));

/** A line that is always late beside one that is not. */
async function lines(world: World) {
  const slow = world.use(await TrickProxy.listen({ after: () => new Promise((resolve) => setTimeout(resolve, 300)) }));
  const fast = world.use(await TrickProxy.listen('works'));
  const list = [
    { ...slow.line, name: 'slow' },
    { ...fast.line, name: 'fast' },
  ];
  return { slow, config: { upstream: { type: 'multipath', list }, workers: 1 } };
}

async function rep(port: number, server: { readonly host: string; readonly port: number }): Promise<number> {
  const { peer, reply } = await dial(port, server);
  peer.end();
  await peer.ended();
  return reply.rep;
}

inBothEngines('a smaller table keeps what was used last, and a larger one what there is', async (world) => {
  const { slow, config } = await lines(world);
  const [one, other] = [world.use(await echoServer()), world.use(await echoServer())];
  const gateway = await ReloadedGateway.start(world, config);
  for (const server of [one, other]) assert.equal(await rep(gateway.port, server), 0);
  await until('both were raced for', () => slow.count === 2);
  for (const server of [one, other]) assert.equal(await rep(gateway.port, server), 0);
  assert.equal(slow.count, 2);

  const told = await gateway.reload({ ...config, cache: { entries_max: 1, ttl_s: 700 } });
  assert.deepEqual((told['changed'] as string[]).sort(), ['cache.entries_max', 'cache.ttl_s']);
  assert.equal(await rep(gateway.port, other), 0);
  assert.equal(slow.count, 2);
  assert.equal(await rep(gateway.port, one), 0);
  await until('the other one was forgotten', () => slow.count === 3);

  await gateway.reload({ ...config, cache: { entries_max: 10, ttl_s: 700 } });
  assert.equal(await rep(gateway.port, one), 0);
  assert.equal(slow.count, 3);
});

inBothEngines('a state file comes, with what is in it, is changed for another one, and goes', async (world) => {
  const { slow, config } = await lines(world);
  const [one, other] = [world.use(await echoServer()), world.use(await echoServer())];
  const [first, second] = ['a', 'b'].map((name) => join(directory, `${world.engine}-${name}`)) as [string, string];
  const { log, records } = captureLog();
  const isFree = (path: string): boolean => {
    const claims = new StateClaims([path], log);
    const has = claims.has(path);
    claims.release();
    return has;
  };
  const at = (state_file: string | null) => ({ ...config, cache: { state_file } });
  const before = await ReloadedGateway.start(world, config);
  assert.equal(await rep(before.port, one), 0);
  await before.reload(at(first));
  assert.equal(isFree(first), false);
  await before.gateway.stop();
  assert.match(readFileSync(first, 'utf8'), new RegExp(`:${one.port}"`));

  // The next gateway knows something else, and joins the two.
  const gateway = await ReloadedGateway.start(world, config);
  assert.equal(await rep(gateway.port, other), 0);
  const raced = slow.count;
  assert.deepEqual((await gateway.reload(at(first)))['changed'], ['cache.state_file']);
  const knows = async () => {
    const { count } = slow;
    assert.equal(await rep(gateway.port, one), 0);
    return slow.count === count;
  };
  // The file is read beside the work, and what is in it pushed.
  while (!(await knows())) await new Promise(setImmediate);
  assert.equal(await rep(gateway.port, other), 0);
  assert.ok(slow.count >= raced);

  const another = new StateClaims([second], log);
  await gateway.reload(at(second));
  assert.equal(isFree(first), true);
  const said = gateway.gateway.records.filter(({ msg }) => msg.includes('it is read here, and not written'));
  assert.equal(said.length, 1);
  another.release();
  await gateway.reload(at(null));
  assert.equal(isFree(second), true);
  await gateway.gateway.stop();
  assert.equal(existsSync(second), false);
  assert.ok(records.length > 0);
});

inBothEngines(
  'bounds of DNS change, answers that are known stay, and bad addresses are kept elsewhere',
  async (world) => {
    const server = world.use(await echoServer());
    const { port } = server;
    const asked = world.use(
      await DnsServer.start(
        { 'a.test': { A: ['127.0.0.1'] } },
        { trick: ({ name }) => (name === 'never.test' ? 'drop' : undefined) },
      ),
    );
    const dns = { ipv6: 'off', try_timeout_ms: 20_000, timeout_ms: 25_000 };
    const nameservers = `127.0.0.1:${asked.port}`;
    const gateway = await ReloadedGateway.start(world, { nameservers, dns });
    assert.equal(await rep(gateway.port, { host: 'a.test', port }), 0);
    const { length } = asked.queries;

    const state_file = join(directory, `${world.engine}-bad`);
    const changed = { ...dns, timeout_ms: 300, entries_max: 50, lookups_max: 60, state_file };
    const told = await gateway.reload({ nameservers, dns: changed });
    assert.deepEqual((told['changed'] as string[]).sort(), [
      ...['dns.entries_max', 'dns.lookups_max', 'dns.state_file', 'dns.timeout_ms'],
    ]);
    // Of another port no route is remembered, but the name is known.
    const { port: elsewhere } = world.use(await echoServer());
    for (let turn = 0; turn < 4; turn += 1)
      assert.equal(await rep(gateway.port, { host: 'a.test', port: elsewhere }), 0);
    assert.ok(asked.queries.length - length <= 1, 'the actor that had not asked has asked, at most');
    // It would take 25 s.
    assert.equal(await rep(gateway.port, { host: 'never.test', port }), 4);
    gateway.gateway.child.kill('SIGUSR2');
    await until('it is reported', () => gateway.gateway.records.some(({ msg }) => msg === 'report: DNS'));
    const { tables } = gateway.gateway.records.find(({ msg }) => msg === 'report: DNS') as { tables?: object };
    assert.match(JSON.stringify(tables), /"max":50/);
    await gateway.gateway.stop();
    assert.match(readFileSync(state_file, 'utf8'), /tcproute-bad-addresses/);
  },
);
