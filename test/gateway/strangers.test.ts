// Clients that speak something else, or nothing: they are closed, in time, and the others do not notice.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { untilRead } from '../helpers/gateway-sockets.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { greeting, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { GRANTED, request4 } from '../helpers/socks4-client.js';
import { until } from '../helpers/until.js';

const NOT_FIVE = Buffer.concat([Buffer.from([6]), randomBytes(4000)]);
/** What is sent, and what is answered. */
const GARBAGE: Readonly<Record<string, readonly [Buffer, readonly number[]]>> = {
  'random bytes': [NOT_FIVE, []],
  'a greeting, then HTTP': [Buffer.concat([greeting(), Buffer.from('GET / HTTP/1.1\r\n\r\n')]), [5, 0]],
  'an SSH banner': [Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), []],
  'a PROXY header': [Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080\r\n'), []],
};

for (const [what, [bytes, answer]] of Object.entries(GARBAGE)) {
  inBothEngines(`${what} gets a close`, async (world) => {
    const gateway = await world.shared();
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(bytes);
    assert.match(await peer.ended(), /^(?:eof|ECONNRESET|EPIPE)$/);
    assert.ok(peer.waiting <= answer.length, 'more was said');
  });
}

inBothEngines(
  'a ClientHello gets an alert and a clean end, however long it is and in whatever pieces',
  async (world) => {
    const gateway = await world.shared();
    for (const size of [6, 500, 3000]) {
      const peer = world.use(await Peer.connect(gateway.port));
      peer.send(Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), Buffer.alloc(size, 7)]));
      assert.deepEqual([...(await peer.rest())], [21, 3, 1, 0, 2, 2, 40]);
      assert.equal(peer.ending, 'eof');
    }
  },
);

inBothEngines('a SOCKS4 request arrives with what is pipelined behind it, split at every byte', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared();
  const requests = [request4(server, 'alice'), request4({ host: 'localhost', port: server.port })];
  for (const bytes of requests.map((request) => Buffer.concat([request, Buffer.from('\0early')]))) {
    for (let at = 1; at <= bytes.length; at += 1) {
      const peer = world.use(await Peer.connect(gateway.port));
      peer.send(bytes.subarray(0, at));
      await untilRead(gateway.port, peer.socket.localPort as number);
      peer.send(bytes.subarray(at));
      assert.deepEqual([...(await peer.read(2))], [0, GRANTED]);
      await peer.read(6);
      assert.equal((await peer.read(6)).toString(), '\0early');
      peer.close();
    }
  }
});

const TIMEOUT_MS = 300;

inBothEngines('a silent client is closed at handshake_timeout_ms, however far it came', async (world) => {
  const gateway = await world.shared({ handshake_timeout_ms: TIMEOUT_MS });
  const silentAfter = async (sent: Buffer) => {
    const begun = performance.now();
    const peer = world.use(await Peer.connect(gateway.port));
    if (sent.length > 0) peer.send(sent);
    assert.equal(await peer.ended(), 'eof');
    const took = performance.now() - begun;
    assert.ok(took >= TIMEOUT_MS - 50 && took < TIMEOUT_MS + 2000, `closed after ${took} ms`);
  };
  const halfARequest = Buffer.concat([greeting(), Buffer.from([5, 1, 0])]);
  await Promise.all([Buffer.alloc(0), Buffer.from([5]), greeting(), halfARequest].map(silentAfter));
});

inBothEngines('a client that trickles its handshake is closed at the same deadline', async (world) => {
  const gateway = await world.shared({ handshake_timeout_ms: TIMEOUT_MS });
  const peer = world.use(await Peer.connect(gateway.port));
  peer.send(Buffer.from([5, 255]));
  const begun = performance.now();
  const trickle = setInterval(() => peer.send(Buffer.from([0])), 20);
  try {
    await peer.ended();
  } finally {
    clearInterval(trickle);
  }
  assert.ok(performance.now() - begun < TIMEOUT_MS + 2000);
});

inBothEngines('2000 half-open handshakes are gone at the deadline, and others are served meanwhile', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ workers: 2, handshake_timeout_ms: 1500 });
  const idle = gateway.sockets();
  const flood: Peer[] = [];
  for (let batch = 0; batch < 20; batch += 1) {
    const peers = await Promise.all(Array.from({ length: 100 }, () => Peer.connect(gateway.port)));
    for (const peer of peers) {
      world.use(peer);
      flood.push(peer);
      peer.send(flood.length % 2 === 0 ? Buffer.from([5]) : greeting());
    }
    const client = world.use(await through(gateway.port, server));
    client.send('still here');
    assert.equal((await client.read(10)).toString(), 'still here');
    client.close();
  }
  await until('every half-open client was closed', () => flood.every(({ ending }) => ending === 'eof'));
  await until('the gateway has let go of them', () => gateway.sockets() <= idle);
  const client = world.use(await through(gateway.port, server));
  client.send('and after');
  assert.equal((await client.read(9)).toString(), 'and after');
});
