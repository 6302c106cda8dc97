// A proxy in front of the gateway tells in a PROXY header from where its clients come: HAProxy in every way that it can, and
// headers by hand, also from networks that are not listed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { haproxy, missing } from '../helpers/proxies.js';
import { echoServer, httpServer } from '../helpers/servers.js';
import { ask, type Destination, greeting, readReply, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const EVERYBODY = ['0.0.0.0/0', '::/0'];

const behind = (from: readonly string[], allow_clients = EVERYBODY): object => ({
  port: undefined,
  log_level: 'debug',
  // By default the clients of such a listener do not reach this machine.
  egress: { allow: ['loopback'] },
  listen: [{ host: '127.0.0.1', port: 0, allow_clients, proxy_protocol: { from } }],
});

/** Says hello through a gateway behind `header`, and hears it again. */
async function visit(world: World, port: number, header: string | Buffer, server: Destination): Promise<Peer> {
  const peer = world.use(await Peer.connect(port));
  peer.send(Buffer.concat([Buffer.from(header), greeting(), request(server), Buffer.from('hello')]));
  assert.deepEqual(await peer.read(2), Buffer.from([5, 0]));
  assert.equal((await readReply(peer)).rep, 0);
  assert.equal((await peer.read(5)).toString(), 'hello');
  return peer;
}

/** From where the records say that the client came. `server`: of this test alone, since other tests use the gateway too. */
async function clientOf(gateway: Gateway, peer: Peer, server: Destination): Promise<unknown> {
  peer.end();
  await peer.ended();
  return (await gateway.connection(server))['client'];
}

const withoutHaproxy = missing('haproxy');
for (const how of [
  'send-proxy',
  'send-proxy-v2',
  'send-proxy-v2 proxy-v2-options crc32c',
  'send-proxy-v2 proxy-v2-options crc32c,unique-id',
]) {
  const name = `HAProxy with ${how} tells from where its client comes`;
  if (withoutHaproxy !== undefined) test(name, { skip: withoutHaproxy }, () => {});
  else {
    inBothEngines(name, async (world) => {
      const server = world.use(await echoServer());
      const gateway = await world.shared(behind(['127.0.0.0/8']));
      const proxy = world.use(await haproxy(gateway.port, how));
      const peer = await visit(world, proxy.port, '', server);
      // Known only while the socket is open.
      const { localPort } = peer.socket;
      assert.equal(await clientOf(gateway, peer, server), `127.0.0.1:${localPort}`);
    });
  }
}

for (const how of ['send-proxy', 'send-proxy-v2']) {
  inBothEngines(
    `rules go by the address that HAProxy tells with ${how}, and not by its own`,
    async (world) => {
      const server = world.use(await echoServer());
      const gateway = await world.gateway({
        ...behind(['127.0.0.1']),
        rules: [
          { client: '127.0.0.5', block: true },
          { client: '127.0.0.1', port: 9, block: true },
        ],
      });
      const proxy = world.use(await haproxy(gateway.port, how));
      const reply = async (from: string, to: Destination): Promise<number> => {
        const peer = world.use(await Peer.connect(proxy.port, '127.0.0.1', from));
        const { reply } = await ask(peer, to);
        peer.end();
        await peer.ended();
        return reply.rep;
      };
      const closed = { host: '127.0.0.1', port: 9 };
      assert.equal(await reply('127.0.0.5', server), 2);
      assert.equal(await reply('127.0.0.6', server), 0);
      assert.equal(await reply('127.0.0.6', closed), 5);
      assert.equal(await reply('127.0.0.1', closed), 2);
      const clients = () => gateway.connections.map(({ client }) => String(client).split(':')[0]);
      await until('all are recorded', () => clients().length === 4);
      assert.deepEqual(clients(), ['127.0.0.5', '127.0.0.6', '127.0.0.6', '127.0.0.1']);
    },
    undefined,
    withoutHaproxy,
  );
}

inBothEngines(
  'curl behind HAProxy is who it is, by HTTP too',
  async (world) => {
    const server = world.use(await httpServer('127.0.0.1'));
    const gateway = await world.shared(behind(['127.0.0.1']));
    const proxy = world.use(await haproxy(gateway.port, 'send-proxy-v2'));
    const from = ['--interface', '127.0.0.7', '-x', `http://127.0.0.1:${proxy.port}`];
    const url = `http://127.0.0.1:${server.port}/a`;
    const { stdout } = await promisify(execFile)('curl', ['-sS', '--max-time', '10', ...from, url]);
    assert.equal(stdout, 'GET /a ');
    assert.match(String((await gateway.connection(server))['client']), /^127\.0\.0\.7:/);
  },
  undefined,
  withoutHaproxy ?? missing('curl'),
);

const withoutCurl = missing('curl');
if (withoutCurl !== undefined) test('curl sends a header to an HTTP proxy', { skip: withoutCurl }, () => {});
else {
  // To a SOCKS proxy curl sends its header only behind the handshake, which is for the destination.
  inBothEngines('curl sends a header to an HTTP proxy', async (world) => {
    const server = world.use(await httpServer('127.0.0.1'));
    const gateway = await world.shared(behind(['127.0.0.1']));
    const proxy = ['--haproxy-protocol', '-x', `http://127.0.0.1:${gateway.port}`];
    const asked = promisify(execFile)('curl', [
      '-sS',
      '--max-time',
      '10',
      ...proxy,
      `http://127.0.0.1:${server.port}/a`,
    ]);
    assert.equal((await asked).stdout, 'GET /a ');
  });
}

inBothEngines('a header is taken from a listed network, in pieces too', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared(behind(['127.0.0.1']));
  const peer = world.use(await Peer.connect(gateway.port));
  const header = Buffer.from('PROXY TCP6 2001:db8::7 ::1 5678 1080\r\n');
  for (const byte of header) peer.send(Buffer.from([byte]));
  peer.send(Buffer.concat([greeting(), request(server)]));
  assert.deepEqual(await peer.read(2), Buffer.from([5, 0]));
  assert.equal((await readReply(peer)).rep, 0);
  assert.equal(await clientOf(gateway, peer, server), '[2001:db8::7]:5678');
});

inBothEngines('from a listed network a client without a header is not served, and is named', async (world) => {
  const gateway = await world.shared(behind(['127.0.0.1']));
  const peer = world.use(await Peer.connect(gateway.port));
  peer.send(greeting());
  assert.match(await peer.ended(), /^(?:eof|ECONNRESET|EPIPE)$/);
  assert.equal(peer.waiting, 0);
  await gateway.logged('a client at 127.0.0.1 does not begin with a PROXY header, which proxy_protocol wants');
});

inBothEngines('from any other network a client with a header is not served, and is named', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway(behind(['192.0.2.0/24']));
  for (const header of ['PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c']) {
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(Buffer.from(header, 'latin1'));
    assert.match(await peer.ended(), /^(?:eof|ECONNRESET|EPIPE)$/);
    assert.equal(peer.waiting, 0);
  }
  await gateway.logged('a client at 127.0.0.1 begins with a PROXY header, which is taken only from');
  (await visit(world, gateway.port, '', server)).close();
});

inBothEngines('a network of IPv4 is listed also where its addresses come mapped into IPv6', async (world) => {
  const server = world.use(await echoServer());
  const header = 'PROXY TCP4 192.0.2.7 192.0.2.2 5678 1080\r\n';
  const listener = { host: '::', port: 0, allow_clients: ['0.0.0.0/0', '::/0'] };
  const listen = [{ ...listener, proxy_protocol: { from: ['127.0.0.1'] } }];
  const gateway = await world.gateway({ ...behind([]), listen });
  const peer = await visit(world, gateway.port, header, server);
  assert.equal(await clientOf(gateway, peer, server), '192.0.2.7:5678');
  const other = world.use(await Peer.connect(gateway.port, '::1'));
  other.send(header);
  assert.match(await other.ended(), /^(?:eof|ECONNRESET|EPIPE)$/);
  await gateway.logged('a client at ::1 begins with a PROXY header, which is taken only from');
});

const UNTOLD: readonly (string | Buffer)[] = [
  'PROXY UNKNOWN\r\n',
  Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'), // LOCAL
  Buffer.from('0d0a0d0a000d0a515549540a21000000', 'hex'),
];

inBothEngines(
  'a header that tells of no client is served where the proxy itself is an allowed client',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway(behind(['127.0.0.1'], ['127.0.0.0/8', '192.0.2.0/24']));
    for (const header of UNTOLD) (await visit(world, gateway.port, header, server)).close();
  },
);

inBothEngines('a header that tells of no client is else closed without an answer or a warning', async (world) => {
  const gateway = await world.gateway(behind(['127.0.0.1'], ['192.0.2.0/24']));
  for (const header of UNTOLD) {
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(Buffer.concat([Buffer.from(header), greeting()]));
    assert.match(await peer.ended(), /^(?:eof|ECONNRESET|EPIPE)$/);
    assert.equal(peer.waiting, 0);
  }
  assert.equal((await gateway.firstConnection())['ending'], 'not-allowed');
  // A client that is told of comes after them in the log.
  const stranger = world.use(await Peer.connect(gateway.port));
  stranger.send(Buffer.from('PROXY TCP4 198.51.100.1 192.0.2.2 1 2\r\n'));
  await stranger.ended();
  await gateway.logged('is a proxy whose client is not in allow_clients');
  assert.equal(gateway.records.filter(({ level }) => level === 'warn').length, 1);
});
