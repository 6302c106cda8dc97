// How connections through an https line end: each direction by itself, resets both ways and in any order, a proxy that takes
// nothing. An end of stream must never stand for a reset, since what was sent before it would then seem to be complete.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { resetSocket } from '../../src/dial/reset.js';
import type { World } from '../helpers/gateway-world.js';
import { fronted, withCertificates } from '../helpers/https-line.js';
import { PeerServer, TestServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

/** A relay of raw bytes to `port`, which stands between the gateway and the TLS, and which the test cuts by a reset. */
async function cutter(world: World, port: number): Promise<{ readonly port: number; cut(): void }> {
  const cuts: (() => void)[] = [];
  const server = world.use(
    await TestServer.listen((socket) => {
      const way = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      way.on('error', () => {});
      socket.pipe(way).pipe(socket);
      cuts.push(() => {
        resetSocket(socket);
        way.destroy();
      });
    }),
  );
  const cut = (): void => {
    for (const one of cuts) one();
  };
  return { port: server.port, cut };
}

/** A client and a destination, both connected. */
async function connected(world: World, upstream: object, more: object = {}) {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream, ...more });
  const client = world.use(await through(gateway.port, server));
  return { gateway, client, destination: await server.accepted() };
}

withCertificates('each direction ends by itself', async (world) => {
  const { line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  client.send('question');
  client.end();
  assert.equal((await destination.rest()).toString(), 'question');
  destination.send('answer');
  destination.end();
  assert.equal((await client.rest()).toString(), 'answer');
  assert.equal(client.ending, 'eof');
  assert.equal(destination.ending, 'eof');
});

withCertificates('a client that resets the connection resets that of the proxy', async (world) => {
  const { front, line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  destination.send('x');
  await client.read(1);
  client.reset();
  await until('the proxy hears of it', () => front.errors.includes('ECONNRESET'));
});

withCertificates('a proxy that resets the connection resets the client', async (world) => {
  const { line } = await fronted(world);
  const way = await cutter(world, line.port);
  const { client, destination } = await connected(world, { ...line, port: way.port });
  destination.send('x');
  await client.read(1);
  way.cut();
  assert.equal(await client.ended(), 'ECONNRESET');
});

withCertificates('a reset of the proxy is one for a client that has ended its own direction', async (world) => {
  const { line } = await fronted(world);
  const way = await cutter(world, line.port);
  const { client, destination } = await connected(world, { ...line, port: way.port });
  client.end();
  assert.equal(await destination.ended(), 'eof');
  destination.send('half of an answer');
  await client.read(17);
  way.cut();
  assert.equal(await client.ended(), 'ECONNRESET');
});

/** A relay as before, which resets the connection right behind the first large piece that comes from `port`. */
async function cutBehindBytes(world: World, port: number): Promise<number> {
  const server = world.use(
    await TestServer.listen((socket) => {
      const way = connect({ port, host: '127.0.0.1' });
      way.on('error', () => {});
      socket.pipe(way);
      way.on('data', (bytes) => {
        socket.write(bytes);
        if (bytes.length < 10_000) return;
        way.destroy();
        resetSocket(socket);
      });
    }),
  );
  return server.port;
}

withCertificates('a reset of the proxy right behind bytes is one for the client', async (world) => {
  const { line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: { ...line, port: await cutBehindBytes(world, line.port) } });
  for (let turn = 0; turn < 10; turn += 1) {
    const client = world.use(await through(gateway.port, server));
    const destination = await server.accepted(turn);
    destination.send(Buffer.alloc(60_000));
    assert.equal(await client.ended(), 'ECONNRESET');
    destination.close();
  }
});

withCertificates('a reset of the client is one for a proxy that has ended its own direction', async (world) => {
  const { front, line } = await fronted(world);
  const { client, destination } = await connected(world, line);
  destination.end();
  assert.equal(await client.ended(), 'eof');
  client.send('half of a question');
  await destination.read(18);
  client.reset();
  await until('the proxy hears of it', () => front.errors.includes('ECONNRESET'));
});

withCertificates('both directions ended, in either order, are no reset', async (world) => {
  const { front, line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: line });
  for (const [index, first] of ['client', 'destination'].entries()) {
    const client = world.use(await through(gateway.port, server));
    const destination = await server.accepted(index);
    const [one, other] = first === 'client' ? [client, destination] : [destination, client];
    one.send('first');
    one.end();
    assert.equal((await other.rest()).toString(), 'first');
    other.send('last');
    other.end();
    assert.equal((await one.rest()).toString(), 'last');
    assert.deepEqual([one.ending, other.ending], ['eof', 'eof']);
  }
  await until('nothing is left at the proxy', () => front.open === 0);
  assert.deepEqual(front.errors, []);
});

withCertificates('a connection that is given up half-closed leaves nothing at the proxy', async (world) => {
  const { front, line } = await fronted(world);
  const { gateway, client, destination } = await connected(world, line, { half_closed_timeout_ms: 500 });
  client.end();
  assert.equal(await destination.ended(), 'eof');
  assert.equal(await client.ended(), 'ECONNRESET');
  await gateway.idle();
  // The proxy's process hears of the reset when it uses the connection.
  destination.send('x');
  await until('nothing is left at the proxy', () => front.open === 0);
});

withCertificates('a client that resets leaves nothing at a proxy that takes nothing', async (world) => {
  const { front, line } = await fronted(world);
  const sockets: Socket[] = [];
  const deaf = world.use(await TestServer.listen((socket) => void sockets.push(socket)));
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, deaf));
  client.send(Buffer.alloc(64 << 20));
  await until('the gateway takes no more', () => client.socket.writableLength > 0);
  client.reset();
  await gateway.idle();
  // The proxy's process hears of the reset when it goes on to read. Right behind bytes, libuv takes it for an end.
  for (const socket of sockets) socket.resume();
  assert.equal(front.secured.length, 1);
  await until('nothing is left at the proxy', () => front.secured.every((one) => one.destroyed || one.readableEnded));
});
