// Proxies that others wrote as upstream lines: microsocks, Dante, tinyproxy, HAProxy with TLS in front of others, one and two
// deep and mixed, with and without a password.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateFor } from '../helpers/certificate.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { caFile } from '../helpers/https-line.js';
import {
  danted,
  haproxy,
  microsocks,
  missing,
  type RunningProxy,
  tinyproxy,
  withoutDanteUsers,
} from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { PeerServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';

const withoutMicrosocks = missing('microsocks');
const withoutDanted = missing('danted');
const CREDENTIALS = { username: 'ali', password: 'open sesame' };

const line = ({ host, port }: RunningProxy, more: object = {}) => ({ type: 'socks5', host, port, ...more });

/** A line, and the host that a client asks for. */
type Way = readonly [upstream: object, host?: string];

/**
 * Says something both ways through each line; the addresses from which the destinations were reached. One gateway has all the
 * lines, and a rule that leaves one of them for each destination: a start for each would take longer than all else.
 */
async function exchange(world: World, ...ways: readonly Way[]): Promise<(string | undefined)[]> {
  const servers = await Promise.all(ways.map(async () => world.use(await PeerServer.listen())));
  const gateway = await world.gateway({
    upstream: ways.map(([upstream], number) => ({ ...upstream, name: `way ${number}` })),
    rules: servers.map(({ port }, number) => ({ port, use: [`way ${number}`] })),
  });
  const sources: (string | undefined)[] = [];
  for (const [number, [, host = '127.0.0.1']] of ways.entries())
    sources.push(await converse(world, gateway.port, host, servers[number]));
  return sources;
}

async function converse(world: World, port: number, host: string, server: PeerServer): Promise<string | undefined> {
  const client = world.use(await through(port, { host, port: server.port }));
  const destination = await server.accepted();
  const { remoteAddress } = destination.socket;
  client.send('ping');
  assert.equal((await destination.read(4)).toString(), 'ping');
  destination.send('pong');
  assert.equal((await client.read(4)).toString(), 'pong');
  client.end();
  assert.equal(await destination.ended(), 'eof');
  destination.end();
  assert.equal(await client.ended(), 'eof');
  return remoteAddress;
}

if (withoutMicrosocks !== undefined) test('microsocks as a line', { skip: withoutMicrosocks }, () => {});
else {
  inBothEngines('a line through microsocks, which resolves the names', async (world) => {
    const proxy = world.use(await microsocks(undefined, '127.0.0.5'));
    const ways: Way[] = [[line(proxy)], [line(proxy), 'localhost']];
    assert.deepEqual(await exchange(world, ...ways), ['127.0.0.5', '127.0.0.5']);
  });

  inBothEngines('two microsocks in a chain, both with a password', async (world) => {
    const near = world.use(await microsocks(CREDENTIALS, '127.0.0.5'));
    const far = world.use(await microsocks({ ...CREDENTIALS, password: 'x' }, '127.0.0.6'));
    const upstream = line(far, { ...CREDENTIALS, password: 'x', upstream: line(near, CREDENTIALS) });
    assert.deepEqual(await exchange(world, [upstream]), ['127.0.0.6']);
  });

  inBothEngines('a wrong password fails the line, and no log has it', async (world) => {
    const proxy = world.use(await microsocks(CREDENTIALS));
    const upstream = line(proxy, { ...CREDENTIALS, password: 'wrong-but-secret' });
    const gateway = await world.gateway({ upstream, log_level: 'trace' });
    await assert.rejects(through(gateway.port, { host: '127.0.0.1', port: 9 }), /REP 1$/);
    assert.equal((await gateway.firstConnection()).cause, 'proxy-authentication');
    await gateway.stop();
    assert.doesNotMatch(gateway.output, /wrong-but-secret/);
  });
}

if (withoutDanted !== undefined) test('Dante as a line', { skip: withoutDanted }, () => {});
else {
  inBothEngines('a line through Dante', async (world) => {
    const proxy = world.use(await danted());
    const ways: Way[] = [[line(proxy)], [line(proxy), 'localhost']];
    assert.deepEqual(await exchange(world, ...ways), ['127.0.0.1', '127.0.0.1']);
  });

  inBothEngines(
    'Dante that knows a user, and microsocks behind it',
    async (world) => {
      const proxy = world.use(await danted(CREDENTIALS));
      const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.5'));
      const upstream = line(micro, { ...CREDENTIALS, upstream: line(proxy, CREDENTIALS) });
      assert.deepEqual(await exchange(world, [line(proxy, CREDENTIALS)], [upstream]), ['127.0.0.1', '127.0.0.5']);
      for (const more of [{ ...CREDENTIALS, password: 'wrong-but-secret' }, {}]) {
        const gateway = await world.gateway({ upstream: line(proxy, more), log_level: 'trace' });
        await assert.rejects(through(gateway.port, { host: '127.0.0.1', port: 9 }), /REP 1$/);
        assert.equal((await gateway.firstConnection()).cause, 'proxy-authentication');
        await gateway.stop();
        assert.doesNotMatch(gateway.output, /wrong-but-secret/);
      }
    },
    30_000,
    withoutDanteUsers() ?? withoutMicrosocks,
  );

  if (withoutMicrosocks === undefined) {
    inBothEngines('Dante behind microsocks, and microsocks behind Dante', async (world) => {
      const dante = world.use(await danted());
      const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.5'));
      const ways: Way[] = [
        [line(dante, { upstream: line(micro, CREDENTIALS) })],
        [line(micro, { ...CREDENTIALS, upstream: line(dante) })],
      ];
      assert.deepEqual(await exchange(world, ...ways), ['127.0.0.1', '127.0.0.5']);
    });
  }
}

const withoutTinyproxy = missing('tinyproxy') ?? withoutMicrosocks;
const http = (proxy: RunningProxy, more: object = {}) => ({ ...line(proxy, more), type: 'http' });

if (withoutTinyproxy !== undefined) test('tinyproxy as a line', { skip: withoutTinyproxy }, () => {});
else {
  inBothEngines('a line through tinyproxy, which resolves the names, with and without a password', async (world) => {
    const open = world.use(await tinyproxy(undefined, '127.0.0.5'));
    const credentials = { username: 'ali', password: 'open-sesame' };
    const closed = world.use(await tinyproxy(credentials, '127.0.0.6'));
    const ways: Way[] = [[http(open)], [http(open), 'localhost'], [http(closed, credentials)]];
    assert.deepEqual(await exchange(world, ...ways), ['127.0.0.5', '127.0.0.5', '127.0.0.6']);
  });

  inBothEngines('what tinyproxy refuses has its cause', async (world) => {
    const proxy = world.use(await tinyproxy({ username: 'ali', password: 'right' }));
    const wrong = { username: 'ali', password: 'wrong-but-secret' };
    for (const [more, cause] of [
      [wrong, 'proxy-authentication'],
      [{}, 'proxy-authentication'],
      [{ username: 'ali', password: 'right' }, 'unexplained'],
    ] as const) {
      const gateway = await world.gateway({ upstream: http(proxy, more), log_level: 'trace' });
      await assert.rejects(through(gateway.port, { host: '127.0.0.1', port: 9 }), /REP 1$/);
      assert.equal((await gateway.firstConnection()).cause, cause);
      await gateway.stop();
      assert.doesNotMatch(gateway.output, /wrong-but-secret/);
    }
  });

  inBothEngines('tinyproxy behind microsocks, and microsocks behind tinyproxy', async (world) => {
    const tiny = world.use(await tinyproxy(undefined, '127.0.0.5'));
    const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.6'));
    const ways: Way[] = [
      [http(tiny, { upstream: line(micro, CREDENTIALS) })],
      [line(micro, { ...CREDENTIALS, upstream: http(tiny) })],
    ];
    assert.deepEqual(await exchange(world, ...ways), ['127.0.0.5', '127.0.0.6']);
  });

  inBothEngines('tinyproxy with a password behind microsocks with one, and behind Dante', async (world) => {
    const credentials = { username: 'ali', password: 'open-sesame' };
    const tiny = world.use(await tinyproxy(credentials, '127.0.0.5'));
    const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.6'));
    const upstream = http(tiny, { ...credentials, upstream: line(micro, CREDENTIALS) });
    if (withoutDanted !== undefined) return assert.deepEqual(await exchange(world, [upstream]), ['127.0.0.5']);
    const dante = world.use(await danted());
    const behind = http(tiny, { ...credentials, upstream: line(dante) });
    const before = line(dante, { upstream: http(tiny, credentials) });
    const sources = await exchange(world, [upstream], [behind], [before]);
    assert.deepEqual(sources, ['127.0.0.5', '127.0.0.5', '127.0.0.1']);
  });

  inBothEngines(
    'HAProxy with TLS in front of tinyproxy, alone and in front of SOCKS5 and SOCKS4',
    async (world) => {
      const credentials = { username: 'ali', password: 'open-sesame' };
      const tiny = world.use(await tinyproxy(credentials, '127.0.0.5'));
      const front = world.use(await haproxy(tiny.port, '', certificateFor('proxy.test')));
      const own = { ...credentials, ca_file: caFile('proxy.test'), server_name: 'proxy.test' };
      const https = { ...line(front, own), type: 'https' };
      const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.6'));
      const old = world.use(await TrickProxy.listen('works', 0, 'socks4'));
      const ways: Way[] = [
        [https],
        [https, 'localhost'],
        [line(micro, { ...CREDENTIALS, upstream: https })],
        [{ ...old.line, upstream: https }, 'far.example'],
      ];
      if (withoutDanted === undefined) {
        // Dante speaks SOCKS4 on the same port.
        const dante = world.use(await danted());
        ways.push([{ ...line(dante), type: 'socks4', upstream: https }]);
      }
      const sources = await exchange(world, ...ways);
      assert.deepEqual(sources.slice(0, 3), ['127.0.0.5', '127.0.0.5', '127.0.0.6']);
      assert.deepEqual([old.asked, old.sources], [['far.example'], ['127.0.0.5']]);
      assert.deepEqual(sources.slice(4), withoutDanted === undefined ? ['127.0.0.1'] : []);
    },
    30_000,
    missing('haproxy') ?? missing('openssl'),
  );
}
