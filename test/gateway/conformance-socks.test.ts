// What the specifications of SOCKS ask of a server that only its sockets show: where it is connected from, and when it ends.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { PeerServer } from '../helpers/servers.js';
import { greeting, readReply, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { GRANTED, REJECTED, request4 } from '../helpers/socks4-client.js';

/** RFC 1928 section 6. */
const TERMINATES_MS = 10_000;

inBothEngines('RFC 1928, 6: BND.ADDR and BND.PORT are those of the connection to the target', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const peer = world.use(await Peer.connect(gateway.port));
  peer.send(Buffer.concat([greeting(), request(server)]));
  assert.deepEqual(await peer.read(2), Buffer.from([5, 0]));
  const { rep, host, port } = await readReply(peer);
  const { socket } = await server.accepted(0);
  assert.deepEqual([rep, host, port], [0, socket.remoteAddress, socket.remotePort]);
});

inBothEngines('SOCKS4: the address of the reply is that of the connection to the target', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const peer = world.use(await Peer.connect(gateway.port));
  peer.send(request4(server));
  const reply = await peer.read(8);
  const { socket } = await server.accepted(0);
  assert.deepEqual([reply[0], reply[1], reply.readUInt16BE(2)], [0, GRANTED, socket.remotePort]);
  assert.equal([...reply.subarray(4)].join('.'), socket.remoteAddress);
});

/** What is sent, and the answer behind which the server must end, whatever the client does. */
const FAILURES = async (): Promise<Readonly<Record<string, readonly [Buffer, readonly number[]]>>> => {
  const closed = { host: '127.0.0.1', port: await freePort() };
  const none = [0, 1, 0, 0, 0, 0, 0, 0];
  return {
    'RFC 1928, 3: no method is acceptable': [greeting([3]), [5, 255]],
    'RFC 1928, 6: connection refused': [Buffer.concat([greeting(), request(closed)]), [5, 0, 5, 5, ...none]],
    'RFC 1928, 6: BIND': [Buffer.concat([greeting(), request(closed, 2)]), [5, 0, 5, 7, ...none]],
    'RFC 1928, 6: an address type': [Buffer.concat([greeting(), Buffer.from([5, 1, 0, 2, 9])]), [5, 0, 5, 8, ...none]],
    'RFC 1929, 2: a failure of the subnegotiation': [Buffer.concat([greeting([2]), Buffer.from([5])]), [5, 2, 1, 1]],
    'SOCKS4: a connection that failed': [request4(closed, 'alice'), [0, REJECTED, 0, 0, 0, 0, 0, 0]],
    'SOCKS4: BIND': [request4(closed, '', 2), [0, REJECTED, 0, 0, 0, 0, 0, 0]],
    'SOCKS4A: a name that does not exist': [
      request4({ host: 'no such name', port: 80 }),
      [0, REJECTED, 0, 0, 0, 0, 0, 0],
    ],
  };
};

inBothEngines('a server terminates the connection behind the answer of failure', async (world) => {
  const gateway = await world.shared();
  for (const [what, [bytes, answer]] of Object.entries(await FAILURES())) {
    const begun = performance.now();
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(bytes);
    assert.deepEqual([...(await peer.rest())], answer, what);
    assert.equal(peer.ending, 'eof', what);
    assert.ok(performance.now() - begun < TERMINATES_MS, what);
    // The client keeps its side open, and sends more: the server is gone nevertheless.
    peer.send('more');
  }
  await gateway.idle();
});
