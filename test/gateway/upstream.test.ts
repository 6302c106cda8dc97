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

/** Says something both ways through the gateway; the address from which the destination was reached. */
async function exchange(world: World, upstream: object, host = '127.0.0.1'): Promise<string | undefined> {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared({ upstream });
  const client = world.use(await through(gateway.port, { host, port: server.port }));
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
    assert.equal(await exchange(world, line(proxy)), '127.0.0.5');
    assert.equal(await exchange(world, line(proxy), 'localhost'), '127.0.0.5');
  });

  inBothEngines('two microsocks in a chain, both with a password', async (world) => {
    const near = world.use(await microsocks(CREDENTIALS, '127.0.0.5'));
    const far = world.use(await microsocks({ ...CREDENTIALS, password: 'x' }, '127.0.0.6'));
    const upstream = line(far, { ...CREDENTIALS, password: 'x', upstream: line(near, CREDENTIALS) });
    assert.equal(await exchange(world, upstream), '127.0.0.6');
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
    assert.equal(await exchange(world, line(proxy)), '127.0.0.1');
    assert.equal(await exchange(world, line(proxy), 'localhost'), '127.0.0.1');
  });

  inBothEngines(
    'Dante that knows a user, and microsocks behind it',
    async (world) => {
      const proxy = world.use(await danted(CREDENTIALS));
      assert.equal(await exchange(world, line(proxy, CREDENTIALS)), '127.0.0.1');
      const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.5'));
      const upstream = line(micro, { ...CREDENTIALS, upstream: line(proxy, CREDENTIALS) });
      assert.equal(await exchange(world, upstream), '127.0.0.5');
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
      assert.equal(await exchange(world, line(dante, { upstream: line(micro, CREDENTIALS) })), '127.0.0.1');
      assert.equal(await exchange(world, line(micro, { ...CREDENTIALS, upstream: line(dante) })), '127.0.0.5');
    });
  }
}

const withoutTinyproxy = missing('tinyproxy') ?? withoutMicrosocks;
const http = (proxy: RunningProxy, more: object = {}) => ({ ...line(proxy, more), type: 'http' });

if (withoutTinyproxy !== undefined) test('tinyproxy as a line', { skip: withoutTinyproxy }, () => {});
else {
  inBothEngines('a line through tinyproxy, which resolves the names, with and without a password', async (world) => {
    const open = world.use(await tinyproxy(undefined, '127.0.0.5'));
    assert.equal(await exchange(world, http(open)), '127.0.0.5');
    assert.equal(await exchange(world, http(open), 'localhost'), '127.0.0.5');
    const credentials = { username: 'ali', password: 'open-sesame' };
    const closed = world.use(await tinyproxy(credentials, '127.0.0.6'));
    assert.equal(await exchange(world, http(closed, credentials)), '127.0.0.6');
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
    assert.equal(await exchange(world, http(tiny, { upstream: line(micro, CREDENTIALS) })), '127.0.0.5');
    assert.equal(await exchange(world, line(micro, { ...CREDENTIALS, upstream: http(tiny) })), '127.0.0.6');
  });

  inBothEngines('tinyproxy with a password behind microsocks with one, and behind Dante', async (world) => {
    const credentials = { username: 'ali', password: 'open-sesame' };
    const tiny = world.use(await tinyproxy(credentials, '127.0.0.5'));
    const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.6'));
    const upstream = http(tiny, { ...credentials, upstream: line(micro, CREDENTIALS) });
    assert.equal(await exchange(world, upstream), '127.0.0.5');
    if (withoutDanted !== undefined) return;
    const dante = world.use(await danted());
    assert.equal(await exchange(world, http(tiny, { ...credentials, upstream: line(dante) })), '127.0.0.5');
    assert.equal(await exchange(world, line(dante, { upstream: http(tiny, credentials) })), '127.0.0.1');
  });

  inBothEngines(
    'HAProxy with TLS in front of tinyproxy, alone and in front of SOCKS5 and SOCKS4',
    async (world) => {
      const credentials = { username: 'ali', password: 'open-sesame' };
      const tiny = world.use(await tinyproxy(credentials, '127.0.0.5'));
      const front = world.use(await haproxy(tiny.port, '', certificateFor('proxy.test')));
      const own = { ...credentials, ca_file: caFile('proxy.test'), server_name: 'proxy.test' };
      const https = { ...line(front, own), type: 'https' };
      assert.equal(await exchange(world, https), '127.0.0.5');
      assert.equal(await exchange(world, https, 'localhost'), '127.0.0.5');
      const micro = world.use(await microsocks(CREDENTIALS, '127.0.0.6'));
      assert.equal(await exchange(world, line(micro, { ...CREDENTIALS, upstream: https })), '127.0.0.6');
      const old = world.use(await TrickProxy.listen('works', 0, 'socks4'));
      await exchange(world, { ...old.line, upstream: https }, 'far.example');
      assert.deepEqual([old.asked, old.sources], [['far.example'], ['127.0.0.5']]);
      if (withoutDanted !== undefined) return;
      // Dante speaks SOCKS4 on the same port.
      const dante = world.use(await danted());
      assert.equal(await exchange(world, { ...line(dante), type: 'socks4', upstream: https }), '127.0.0.1');
    },
    30_000,
    missing('haproxy') ?? missing('openssl'),
  );
}
