// Tests of the helpers: tricks that cannot be verified by reading the code are really played.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { sendBytes } from '../../src/linux/sockets.js';
import { connecting, openFds, resetFd } from '../linux/peers.js';
import { BlackHole } from './black-hole.js';
import { whyNoCertificate } from './certificate.js';
import { DnsServer } from './dns-server.js';
import { State, tcpSockets } from './gateway-sockets.js';
import { nothingLeft } from './nothing-left.js';
import { freePort } from './proxies.js';
import { TrickProxy } from './proxies-trick.js';
import { bannerServer, PeerServer, silentServer } from './servers.js';
import { through } from './socks-client.js';
import { Peer } from './socks-peer.js';
import { clientHello, readHello } from './tls-hello.js';
import { retryingTlsServer, TLS_NAME, tlsServer } from './tls-server.js';
import { ALERT, PLAIN_TEXT, type TlsTrick, TrickTls } from './tls-trick.js';
import { until } from './until.js';

const skip = whyNoCertificate() ?? false;

const openSockets = () => [...openFds().values()].filter((what) => what.startsWith('socket:')).length;
const socketsBefore = openSockets();
after(() => until('every socket is closed', () => openSockets() === socketsBefore));

test('a black hole answers nobody, however often they ask, and is gone afterwards', async () => {
  const hole = BlackHole.open();
  const { port } = hole;
  const dials = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));
  for (const dial of dials) dial.on('error', () => {});
  const unanswered = () =>
    tcpSockets(port).filter(
      ({ remotePort, state, retransmits }) => remotePort === port && state === State.synSent && retransmits > 0,
    );
  await until('all have sent their SYN again', () => unanswered().length === dials.length);
  for (const dial of dials) dial.destroy();
  hole.close();
  const again = connect(port, '127.0.0.1');
  const code = await new Promise((resolve) => again.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)));
  assert.equal(code, 'ECONNREFUSED');
});

test('a port that has served becomes a black hole, and serves again', async () => {
  const first = await silentServer();
  const { port } = first;
  const client = await Peer.connect(port);
  await first.close();
  assert.equal(await client.ended(), 'eof');
  const hole = BlackHole.open(port);
  hole.close();
  const second = await PeerServer.listen('127.0.0.1', port);
  const again = await Peer.connect(port);
  again.send('x');
  assert.equal((await (await second.accepted()).read(1)).toString(), 'x');
  client.close();
  again.close();
  await second.close();
});

test('a reset right behind some bytes is told as a reset, and leaves no connection open', async () => {
  const lastWords = (port: number): void => {
    const fd = connecting(port);
    // Both are there before the other end looks.
    sendBytes(fd, Buffer.from('last words'));
    resetFd(fd);
  };
  const server = await PeerServer.listen();
  lastWords(server.port);
  const peer = await server.accepted();
  assert.equal(await peer.ended(), 'ECONNRESET');
  assert.equal(peer.take().toString(), 'last words');
  await server.close();
  const proxy = await TrickProxy.listen('silent');
  lastWords(proxy.port);
  await until('the proxy has let it go', () => proxy.count === 1 && proxy.open === 0);
  await proxy.close();
});

test('an early proxy says success whatever becomes of its back end', async () => {
  const hole = BlackHole.open();
  const silent = await silentServer();
  const dead = await freePort();
  const proxy = await TrickProxy.listen('works');
  const destination = { host: 'somewhere.test', port: 443 };

  proxy.trick = { early: hole.port };
  const swallowed = await through(proxy.port, destination);
  swallowed.send('hello');
  await until('the proxy dials the black hole', () =>
    tcpSockets(hole.port).some(({ remotePort, state }) => remotePort === hole.port && state === State.synSent),
  );
  assert.deepEqual([swallowed.ending, swallowed.waiting], ['open', 0]);

  proxy.trick = { early: dead };
  const closed = await through(proxy.port, destination);
  assert.notEqual(await closed.ended(), 'open');

  proxy.trick = { early: silent.port };
  const unheard = await through(proxy.port, destination);
  unheard.send('hello');
  await until('the silent server has it', () => silent.open === 1);
  assert.deepEqual([unheard.ending, unheard.waiting], ['open', 0]);

  for (const peer of [swallowed, closed, unheard]) peer.close();
  for (const thing of [proxy, silent, hole]) await thing.close();
});

test('a proxy with a promise for each connection answers each in its own time', async () => {
  const settle: (() => void)[] = [];
  const proxy = await TrickProxy.listen({ after: () => new Promise((resolve) => settle.push(resolve)) });
  const server = await PeerServer.listen();
  const [first, second] = [through(proxy.port, server), through(proxy.port, server)];
  await until('both wait', () => settle.length === 2);
  settle[0]();
  const winner = await Promise.race([first, second]);
  settle[1]();
  for (const peer of [winner, await first, await second]) peer.close();
  for (const thing of [proxy, server]) await thing.close();
});

test('a server that speaks first does', async () => {
  const server = await bannerServer('SSH-2.0-banner\r\n');
  const client = await Peer.connect(server.port);
  assert.equal((await client.read(16)).toString(), 'SSH-2.0-banner\r\n');
  client.send('echo');
  assert.equal((await client.read(4)).toString(), 'echo');
  client.close();
  await server.close();
});

test('a ClientHello is read whole over segments and records, and nothing after it', async () => {
  const hello = await clientHello();
  assert.deepEqual([hello[0], hello[5]], [22, 1]);
  const half = 5 + 100;
  const length = hello.length - half;
  const split = Buffer.concat([
    Buffer.from([22, 3, 1, 0, 100]),
    hello.subarray(5, half),
    Buffer.from([22, 3, 1, length >> 8, length & 255]),
    hello.subarray(half),
  ]);
  const server = await PeerServer.listen();
  const client = await Peer.connect(server.port);
  const reading = readHello(await server.accepted());
  for (const byte of split.subarray(0, 120)) client.send(Buffer.from([byte]));
  client.send(Buffer.concat([split.subarray(120), Buffer.from('more')]));
  assert.deepEqual(await reading, split);
  assert.equal((await (await server.accepted()).read(4)).toString(), 'more');
  client.close();
  await server.close();
});

/** What a client reads after its ClientHello, and how the connection ended. */
async function outcome(server: TrickTls, trick: TlsTrick, hello: Buffer): Promise<readonly [string, string]> {
  server.trick = trick;
  const client = await Peer.connect(server.port);
  client.send(hello.subarray(0, 50));
  client.send(hello.subarray(50));
  const bytes = await client.rest();
  client.close();
  return [bytes.toString('latin1'), client.ending];
}

test('the tricks on a TLS port come after the ClientHello, which is kept', async () => {
  const server = await TrickTls.listen('silent');
  const hello = await clientHello({ ALPNProtocols: Array.from({ length: 40 }, (_, i) => `protocol-${i}`.repeat(5)) });
  assert.ok(hello.length > 1500);
  assert.deepEqual(await outcome(server, 'resets', hello), ['', 'ECONNRESET']);
  assert.deepEqual(await outcome(server, 'ends', hello), ['', 'eof']);
  assert.deepEqual(await outcome(server, 'plain-text', hello), [PLAIN_TEXT.toString('latin1'), 'eof']);
  assert.deepEqual(await outcome(server, 'alert', hello), [ALERT.toString('latin1'), 'eof']);
  server.trick = 'silent';
  const client = await Peer.connect(server.port);
  client.send(hello);
  await until('the silent one has it', () => server.hellos.length === 5);
  assert.equal(client.ending, 'open');
  assert.deepEqual(server.hellos, new Array(5).fill(hello));
  assert.equal(server.count, 5);
  client.close();
  await server.close();
});

test('a trick server that passes on is a real one to a real client', { skip }, async () => {
  const real = await tlsServer();
  const server = await TrickTls.listen({ passes: real.port });
  const client = connectTls({ port: server.port, host: '127.0.0.1', servername: TLS_NAME, ca: real.ca });
  client.on('error', () => {});
  client.write('over TLS');
  const [echoed] = await new Promise<[Buffer]>((resolve) => client.once('data', (chunk: Buffer) => resolve([chunk])));
  assert.equal(echoed.toString(), 'over TLS');
  assert.deepEqual([client.authorized, real.handshakes, server.hellos.length], [true, 1, 1]);
  client.destroy();
  await server.close();
  await real.close();
});

/** The Random of a ServerHello that is a HelloRetryRequest (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

test('a retrying server answers a ClientHello with a HelloRetryRequest, and then works', { skip }, async () => {
  const server = await retryingTlsServer();
  const options = { servername: TLS_NAME, ca: server.ca, ecdhCurve: 'X25519:P-384' };
  const raw = await Peer.connect(server.port);
  raw.send(await clientHello(options));
  const answer = await raw.read(5 + 4 + 2 + 32);
  assert.deepEqual([answer[0], answer[5]], [22, 2]);
  assert.equal(answer.subarray(11).toString('hex'), RETRY_RANDOM);
  raw.close();
  const client = connectTls({ ...options, port: server.port, host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => client.once('secureConnect', resolve).once('error', reject));
  assert.equal(client.authorized, true);
  client.destroy();
  await server.close();
});

test('a DNS server whose UDP port is taken leaves nothing behind', async () => {
  const taken = createSocket('udp4');
  taken.bind(0, '127.0.0.1');
  await once(taken, 'listening');
  await assert.rejects(DnsServer.start({}, { port: taken.address().port }), { code: 'EADDRINUSE' });
  taken.close();
  await nothingLeft(/UDP|TCP/);
});
