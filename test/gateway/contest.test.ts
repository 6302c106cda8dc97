// A TLS client gets the server that answers, not the line that says "connected" first: the same ClientHello goes to the
// next candidate when no answer comes, and never twice where that could be told apart.
import assert from 'node:assert/strict';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { whyNoCertificate } from '../helpers/certificate.js';
import { clientHello as builtHello, inRecords } from '../helpers/client-hello.js';
import { deferred } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { linePair } from '../helpers/line-pairs.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { bannerServer, PeerServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import type { Peer } from '../helpers/socks-peer.js';
import { clientHello } from '../helpers/tls-hello.js';
import { retryingTlsServer, TLS_NAME, type TlsServer, tlsServer } from '../helpers/tls-server.js';
import { ALERT, PLAIN_TEXT, type TlsTrick, TrickTls } from '../helpers/tls-trick.js';
import { until } from '../helpers/until.js';

const missing = whyNoCertificate();
const inBoth = (behaviour: string, body: (world: World) => Promise<void>) =>
  inBothEngines(behaviour, body, 30_000, missing);

/** Two lines: one that says "connected" at once and goes to `wrong`, one that goes where it is asked. */
interface TwoLines {
  readonly gateway: Gateway;
  /** Where clients want to go: the good line gets there. */
  readonly destination: { host: string; port: number };
  readonly wrong: TrickTls;
  readonly right: TrickTls;
  readonly bad: TrickProxy;
  readonly good: TrickProxy;
  /** Lets the good line connect; until then the bad one is the only one. */
  letGo(): void;
}

/** With a `config` the gateway is this scenario's alone. */
async function twoLines(world: World, trick: TlsTrick, server: TlsServer, config?: object): Promise<TwoLines> {
  const wrong = world.use(await TrickTls.listen(trick));
  const { promise, resolve } = deferred();
  const { gateway, lines, host } = await (config === undefined ? linePair(world) : ownPair(world, config));
  const [bad, good] = lines;
  bad.trick = { early: wrong.port };
  good.trick = { after: promise };
  const right = world.use(await TrickTls.listen({ passes: server.port }, host));
  return { gateway, destination: right, wrong, right, bad, good, letGo: resolve };
}

/** Two lines and a gateway that has no others. */
async function ownPair(world: World, config: object) {
  const lines = [world.use(await TrickProxy.listen('works')), world.use(await TrickProxy.listen('works'))] as const;
  const upstream = { type: 'multipath', list: lines.map(({ line }) => line) };
  return { gateway: await world.gateway({ upstream, ...config }), lines, host: '127.0.0.1' };
}

/** Node's TLS client over a connection through the gateway; resolves when the handshake is done. */
async function secured(world: World, peer: Peer, options: ConnectionOptions): Promise<TLSSocket> {
  peer.socket.removeAllListeners('data');
  const client = connectTls({ socket: peer.socket, servername: TLS_NAME, ...options });
  world.use({ close: () => client.destroy() });
  await new Promise<void>((resolve, reject) => {
    client.once('secureConnect', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed in the handshake')));
  });
  return client;
}

async function echoes(client: TLSSocket, text: string): Promise<void> {
  const said = new Promise((resolve) => client.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  client.write(text);
  assert.equal(await said, text);
}

for (const trick of ['silent', 'resets', 'ends', 'plain-text', 'alert'] as const) {
  inBoth(`a line that connects first and whose server ${trick}: the other line's server carries it`, async (world) => {
    const server = world.use(await tlsServer());
    const { gateway, destination, wrong, right, letGo, bad } = await twoLines(world, trick, server);
    const peer = world.use(await through(gateway.port, destination));
    letGo();
    const client = await secured(world, peer, { ca: server.ca });
    await echoes(client, 'through the good line');
    assert.deepEqual(wrong.hellos, right.hellos);
    assert.equal(wrong.hellos.length, 1);
    assert.equal(server.handshakes, 1);
    await until('the bad line was let go', () => bad.open === 0);
    // What has been learned: the next connection goes to the good line alone.
    const again = world.use(await through(gateway.port, destination));
    await echoes(await secured(world, again, { ca: server.ca }), 'again');
    assert.equal(wrong.count, 1);
  });
}

inBoth(
  'a line that connects first and leaves before the client has spoken: the other line carries it',
  async (world) => {
    const server = world.use(await tlsServer());
    const { gateway, destination, wrong, letGo, bad } = await twoLines(world, 'leaves', server);
    const peer = world.use(await through(gateway.port, destination));
    await until('its server has left', () => wrong.count === 1);
    letGo();
    await echoes(await secured(world, peer, { ca: server.ca }), 'through the good line');
    await until('the bad line was let go', () => bad.open === 0);
  },
);

inBoth('the same where the client speaks while no other line has connected yet', async (world) => {
  const server = world.use(await tlsServer());
  const { gateway, destination, wrong, letGo } = await twoLines(world, 'leaves', server);
  const peer = world.use(await through(gateway.port, destination));
  await until('its server has left', () => wrong.count === 1);
  const client = secured(world, peer, { ca: server.ca });
  letGo();
  await echoes(await client, 'through the good line');
});

inBoth('where every server leaves before the client has spoken it hears the end', async (world) => {
  const server = world.use(await tlsServer());
  const { gateway, destination, right, letGo } = await twoLines(world, 'leaves', server);
  right.trick = 'leaves';
  const peer = world.use(await through(gateway.port, destination));
  letGo();
  assert.equal((await peer.rest()).length, 0);
  assert.equal(peer.ending, 'eof');
});

inBoth('with one attempt at a time, too, the other line is asked when the first one stays silent', async (world) => {
  const server = world.use(await tlsServer());
  const race = { attempts_max: 1, early_probe_interval_s: 0 };
  const { gateway, destination, wrong, letGo } = await twoLines(world, 'silent', server, { race });
  letGo();
  const peer = world.use(await through(gateway.port, destination));
  const client = await secured(world, peer, { ca: server.ca });
  await echoes(client, 'through the good line');
  assert.equal(wrong.count, 1);
});

inBoth('a HelloRetryRequest settles it: the second ClientHello goes only there', async (world) => {
  const server = world.use(await retryingTlsServer());
  const { gateway, destination, wrong, right, letGo } = await twoLines(world, 'silent', server);
  const peer = world.use(await through(gateway.port, destination));
  letGo();
  await echoes(await secured(world, peer, { ca: server.ca, minVersion: 'TLSv1.3' }), 'after a retry');
  assert.deepEqual([wrong.hellos.length, right.hellos.length], [1, 1]);
});

inBoth('TLS 1.2, a resumed session and a long ClientHello are replayed too', async (world) => {
  const server = world.use(await tlsServer());
  const { gateway, destination, letGo, wrong } = await twoLines(world, 'silent', server, {
    cache: { ttl_s: 1, entries_max: 1 },
  });
  letGo();
  const visit = async (options: ConnectionOptions) => {
    const peer = world.use(await through(gateway.port, destination));
    return secured(world, peer, { ca: server.ca, ...options });
  };
  const first = await visit({ maxVersion: 'TLSv1.2' });
  const session = first.getSession();
  await echoes(first, 'TLS 1.2');
  const resumed = await visit({ maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) });
  assert.equal(resumed.isSessionReused(), true);
  const long = await visit({ ALPNProtocols: Array.from({ length: 60 }, (_, i) => `${i}`.padStart(40, 'a')) });
  await echoes(long, 'long');
  assert.ok(wrong.count >= 1);
});

/** A client that has been told that it is connected, on the bad line, with the good one still on its way. */
async function onTheBadLine(world: World, trick: TlsTrick, config?: object) {
  const server = world.use(await tlsServer());
  const lines = await twoLines(world, trick, server, config);
  const peer = world.use(await through(lines.gateway.port, lines.destination));
  return { ...lines, peer };
}

inBoth('a ClientHello in pieces of one byte, and in records of a few, is sent again whole', async (world) => {
  const { peer, letGo, wrong, right } = await onTheBadLine(world, 'silent');
  const [, , , , , ...message] = await clientHello();
  const hello = Buffer.from(inRecords(Uint8Array.from(message), 50));
  for (const octet of hello) {
    peer.send(Uint8Array.of(octet));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('the wrong server has it', () => wrong.hellos.length === 1);
  letGo();
  const answer = await peer.read(5);
  assert.equal(answer[0], 22);
  assert.ok(wrong.hellos[0].equals(hello));
  assert.ok(right.hellos[0].equals(hello));
});

inBoth('a ClientHello with early data is sent once', async (world) => {
  const { peer, letGo, wrong, good } = await onTheBadLine(world, 'silent');
  peer.send(builtHello({ serverName: TLS_NAME, earlyData: true, psk: true }));
  await until('the wrong server has it', () => wrong.hellos.length === 1);
  letGo();
  await until('the good line was let go', () => good.count === 1 && good.open === 0);
  assert.equal(peer.ending, 'open');
  peer.close();
});

inBoth('once the client has said more than its ClientHello nobody else gets it', async (world) => {
  const { peer, letGo, wrong, good } = await onTheBadLine(world, 'silent');
  peer.send(await clientHello());
  await until('the wrong server has it', () => wrong.hellos.length === 1);
  peer.send('more');
  await until('the good line was let go', () => good.count === 1 && good.open === 0);
  letGo();
  assert.equal(peer.ending, 'open');
  peer.close();
});

inBoth('the client’s reset behind its ClientHello cancels everything', async (world) => {
  const { peer, wrong, bad, good } = await onTheBadLine(world, 'silent');
  peer.send(await clientHello());
  await until('the wrong server has it', () => wrong.hellos.length === 1);
  peer.reset();
  await until('both lines were let go', () => bad.open === 0 && good.count === 1 && good.open === 0);
});

inBoth('the client’s end behind its ClientHello is the first server’s, the others are let go', async (world) => {
  const { peer, wrong, bad, good } = await onTheBadLine(world, 'silent');
  peer.send(await clientHello());
  await until('the wrong server has it', () => wrong.hellos.length === 1);
  peer.end();
  await until('the other line was let go', () => good.count === 1 && good.open === 0);
  assert.equal(bad.open, 1);
});

inBoth('where every server refuses the first alert is delivered', async (world) => {
  const server = world.use(await tlsServer());
  const { gateway, destination, letGo, right, wrong } = await twoLines(world, 'ends', server);
  right.trick = 'alert';
  const peer = world.use(await through(gateway.port, destination));
  letGo();
  peer.send(await clientHello());
  assert.ok((await peer.rest()).equals(ALERT));
  assert.equal(peer.ending, 'eof');
  assert.deepEqual([wrong.hellos.length, right.hellos.length], [1, 1]);
  wrong.trick = 'plain-text';
  right.trick = 'ends';
  const other = world.use(await through(gateway.port, destination));
  other.send(await clientHello());
  assert.ok((await other.rest()).equals(PLAIN_TEXT));
});

inBoth('where every server resets the client gets a reset', async (world) => {
  const server = world.use(await tlsServer());
  const { gateway, destination, letGo, right } = await twoLines(world, 'resets', server);
  right.trick = 'resets';
  const peer = world.use(await through(gateway.port, destination));
  letGo();
  peer.send(await clientHello());
  assert.equal(await peer.ended(), 'ECONNRESET');
});

inBoth('a server that is late but first carries it, and whoever was tried beside it is let go', async (world) => {
  const server = world.use(await tlsServer());
  const asked = deferred();
  const trick = { passes: server.port, after: () => asked.promise };
  const { gateway, destination, right, letGo, bad, good } = await twoLines(world, trick, server);
  right.trick = 'silent';
  const peer = world.use(await through(gateway.port, destination));
  peer.send(await clientHello());
  letGo();
  await until('the second was asked', () => right.hellos.length === 1);
  asked.resolve();
  assert.equal((await peer.read(1))[0], 22);
  await until('the second was let go', () => good.open === 0 && bad.open === 1);
  peer.close();
  const { attempts, line } = await gateway.connection(destination);
  const [first, second] = attempts as { asked_ms: number; answered_ms?: number; result: string }[];
  assert.equal(line, `socks5 127.0.0.1:${bad.port}`);
  assert.ok(second.asked_ms - first.asked_ms >= 150, 'the second was asked no sooner than race.first_byte_ms');
  assert.ok((first.answered_ms as number) > second.asked_ms);
  assert.equal(second.answered_ms, undefined);
});

inBoth('where the best one hangs, one that had not answered before is asked after all', async (world) => {
  const server = world.use(await tlsServer());
  const race = { connect_timeout_ms: 60_000 };
  const { gateway, destination, wrong, bad, good, letGo } = await twoLines(world, 'silent', server, { race });
  const first = world.use(await through(gateway.port, destination));
  letGo();
  await echoes(await secured(world, first, { ca: server.ca }), 'through the good line');
  good.trick = 'silent';
  wrong.trick = { passes: server.port };
  const second = world.use(await through(gateway.port, destination));
  await echoes(await secured(world, second, { ca: server.ca }), 'through the other one');
  assert.deepEqual([bad.count, good.count], [2, 2]);
});

inBoth('race.until connected keeps the first that is connected', async (world) => {
  const { peer, wrong, letGo, good } = await onTheBadLine(world, 'silent', { race: { until: 'connected' } });
  await until('the good line was let go', () => good.count === 1 && good.open === 0);
  letGo();
  peer.send(await clientHello());
  await until('the wrong server has it', () => wrong.hellos.length === 1);
  assert.equal(peer.ending, 'open');
});

inBoth('what is held is let go of: after many contests there is still room for one', async (world) => {
  const server = world.use(await tlsServer());
  // Room for 32 sockets beside those of connections.
  const race = { attempts_max: 2, first_byte_ms: 20 };
  const { gateway, destination, letGo, wrong, bad } = await twoLines(world, 'silent', server, { race });
  letGo();
  const hello = await clientHello();
  for (let visit = 0; visit < 80; visit += 1) {
    const peer = world.use(await through(gateway.port, { host: `n${visit}.test`, port: destination.port }));
    peer.send(hello);
    assert.equal((await peer.read(1))[0], 22);
    peer.close();
  }
  assert.ok(wrong.hellos.length >= 3);
  await until('the bad line was let go of', () => bad.open === 0);
});

// Other protocols

/** A line that never connects, and one that works. */
async function slowAndFast(world: World) {
  const pair = await linePair(world);
  const [slow] = pair.lines;
  slow.trick = { after: deferred().promise };
  return { ...pair, slow };
}

inBothEngines('a client that speaks no TLS has the first line that is connected, at its first byte', async (world) => {
  const { gateway, slow, host } = await slowAndFast(world);
  const server = world.use(await PeerServer.listen(host));
  const peer = world.use(await through(gateway.port, server));
  assert.equal(slow.open, 1, 'kept for a client that has not spoken yet');
  peer.send('GET / HTTP/1.0\r\n\r\n');
  const destination = await server.accepted();
  assert.equal((await destination.read(18)).toString(), 'GET / HTTP/1.0\r\n\r\n');
  await until('the slow line was let go', () => slow.open === 0);
  destination.send('HTTP/1.0 204\r\n\r\n');
  destination.end();
  assert.equal((await peer.rest()).toString(), 'HTTP/1.0 204\r\n\r\n');
});

inBothEngines('what a server says first settles it', async (world) => {
  const { gateway, slow, host } = await slowAndFast(world);
  const server = world.use(await bannerServer('SSH-2.0-test\r\n', host));
  const peer = world.use(await through(gateway.port, server));
  assert.equal((await peer.read(14)).toString(), 'SSH-2.0-test\r\n');
  await until('the slow line was let go', () => slow.open === 0);
  // Even a ClientHello is no matter of ours any more.
  const hello = await clientHello();
  peer.send(hello);
  assert.ok((await peer.read(hello.length)).equals(hello));
});

inBothEngines(
  'for a client that says nothing the others are kept for race.hold_ms, and then it is relayed',
  async (world) => {
    const server = world.use(await PeerServer.listen());
    const slow = world.use(await TrickProxy.listen({ after: deferred().promise }));
    const fast = world.use(await TrickProxy.listen('works'));
    const upstream = { type: 'multipath', list: [slow.line, fast.line] };
    const gateway = await world.gateway({ upstream, workers: 1, race: { hold_ms: 100 } });
    const peer = world.use(await through(gateway.port, server));
    await until('the slow line was let go', () => slow.count === 1 && slow.open === 0);
    peer.send('late');
    const destination = await server.accepted();
    assert.equal((await destination.read(4)).toString(), 'late');
    destination.reset();
    assert.equal(await peer.ended(), 'ECONNRESET');
  },
);

inBothEngines('bytes that only begin like TLS reach the destination as they are', async (world) => {
  const { gateway, host } = await slowAndFast(world);
  const server = world.use(await PeerServer.listen(host));
  const begins = [
    [22],
    [22, 3, 1],
    [22, 3, 1, 0, 200, 1],
    [22, 3, 1, 0, 5, 2, 0, 0, 1, 7],
    [22, 3, 1, 255, 255, 1, 2, 3],
    Array.from(builtHello({ serverName: 'a.test' })).concat(1, 2, 3),
  ];
  for (const [visit, bytes] of begins.entries()) {
    const peer = world.use(await through(gateway.port, server));
    peer.send(Uint8Array.from(bytes));
    peer.end();
    const destination = await server.accepted(visit);
    assert.deepEqual([...(await destination.rest())], bytes);
    assert.equal(destination.ending, 'eof');
    destination.send('bye');
    destination.end();
    assert.equal((await peer.rest()).toString(), 'bye');
  }
});

inBothEngines('a ClientHello behind the request in one piece is answered by who answers', async (world) => {
  const { gateway, lines, host } = await linePair(world);
  await lines[0].close();
  const server = world.use(await PeerServer.listen(host));
  const hello = await clientHello();
  const peer = world.use(await through(gateway.port, server));
  peer.send(hello);
  const destination = await server.accepted();
  assert.ok((await destination.read(hello.length)).equals(hello));
  destination.send(Uint8Array.of(22, 3, 3, 0, 1, 2));
  assert.deepEqual([...(await peer.read(6))], [22, 3, 3, 0, 1, 2]);
  peer.send('x');
  assert.equal((await destination.read(1)).toString(), 'x');
});

inBothEngines('a client that ends behind its ClientHello is answered all the same', async (world) => {
  const { gateway, host } = await slowAndFast(world);
  const server = world.use(await PeerServer.listen(host));
  const hello = await clientHello();
  const peer = world.use(await through(gateway.port, server));
  peer.send(hello);
  peer.end();
  const destination = await server.accepted();
  assert.ok((await destination.rest()).equals(hello));
  assert.equal(destination.ending, 'eof');
  destination.send(ALERT);
  destination.end();
  assert.ok((await peer.rest()).equals(ALERT));
  assert.equal(peer.ending, 'eof');
});

inBoth('a client that ends when all that were asked have refused is told the refusal', async (world) => {
  const { gateway, destination, wrong } = await twoLines(world, 'ends', world.use(await tlsServer()));
  const peer = world.use(await through(gateway.port, destination));
  peer.send(await clientHello());
  await until('the bad line’s server has ended', () => wrong.hellos.length === 1);
  peer.end();
  assert.equal(await peer.ended(), 'eof');
});
