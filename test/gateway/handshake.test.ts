// What a client says before its connection stands, over a real socket: in pieces, pipelined, with any number of methods.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { untilRead } from '../helpers/gateway-sockets.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { greeting, NO_AUTHENTICATION, readReply, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';

/** Sends a message in two parts, or byte for byte; each part is read before the next is sent. */
async function sendSplit({ port }: Gateway, peer: Peer, bytes: Buffer, at: number | 'each'): Promise<void> {
  const parts =
    at === 'each' ? [...bytes].map((byte) => Buffer.from([byte])) : [bytes.subarray(0, at), bytes.subarray(at)];
  for (const part of parts) {
    peer.send(part);
    await untilRead(port, peer.socket.localPort as number);
  }
}

/** Every place in which a message can be split, and all of them at once. */
const splits = (bytes: Buffer): (number | 'each')[] => [...Array.from(bytes.subarray(1).keys(), (i) => i + 1), 'each'];

inBothEngines('a greeting and a request may be split at every byte', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared();
  const messages = [greeting([2, 0, 128]), request({ host: 'localhost', port: server.port })];
  for (const [split, message] of messages.entries()) {
    for (const at of splits(message)) {
      const peer = world.use(await Peer.connect(gateway.port));
      for (const [index, bytes] of messages.entries()) {
        await sendSplit(gateway, peer, bytes, index === split ? at : bytes.length);
        if (index === 0) assert.deepEqual(await peer.read(2), NO_AUTHENTICATION);
      }
      assert.equal((await readReply(peer)).rep, 0);
      peer.close();
    }
  }
});

inBothEngines('greeting, request and payload pipelined arrive exactly, split at every byte', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const payload = Buffer.from('GET / HTTP/1.0\r\n\r\n');
  const bytes = Buffer.concat([greeting(), request(server), payload]);
  for (const [index, at] of [bytes.length, ...splits(bytes)].entries()) {
    const peer = world.use(await Peer.connect(gateway.port));
    await sendSplit(gateway, peer, bytes, at);
    peer.end();
    const destination = await server.accepted(index);
    assert.deepEqual(await destination.rest(), payload);
    destination.end();
    assert.deepEqual(await peer.read(2), NO_AUTHENTICATION);
    assert.equal((await readReply(peer)).rep, 0);
    assert.equal(await peer.ended(), 'eof');
  }
});

inBothEngines('a megabyte pipelined behind the request arrives exactly', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const payload = Buffer.alloc(1 << 20, 'abcdefghijklmnopqrstuvwxyz0');
  const peer = world.use(await Peer.connect(gateway.port));
  peer.send(Buffer.concat([greeting(), request(server), payload]));
  peer.end();
  const destination = await server.accepted();
  assert.ok((await destination.rest()).equals(payload));
  destination.end();
  await peer.ended();
});

inBothEngines(
  '255 methods are read, and the one without authentication is chosen wherever it stands',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.shared();
    const others = Array.from({ length: 254 }, (_, i) => i + 1);
    for (const methods of [
      [...others, 0],
      [0, ...others],
      [...others.slice(0, 100), 0, ...others.slice(100)],
    ]) {
      const peer = world.use(await Peer.connect(gateway.port));
      peer.send(Buffer.concat([greeting(methods), request(server), Buffer.from('!')]));
      assert.deepEqual(await peer.read(2), NO_AUTHENTICATION);
      assert.equal((await readReply(peer)).rep, 0);
      assert.equal((await peer.read(1)).toString(), '!');
    }
  },
);

inBothEngines('where no method fits the answer is 05 FF, then the end', async (world) => {
  const gateway = await world.shared();
  for (const methods of [[], [1], Array.from({ length: 253 }, (_, i) => i + 3)]) {
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(greeting(methods));
    assert.deepEqual(await peer.rest(), Buffer.from([5, 255]));
    assert.equal(peer.ending, 'eof');
  }
});

inBothEngines('a client that insists on a password is served where none is wanted', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared();
  const credentials = Buffer.concat([Buffer.from([1, 5]), Buffer.from('alice'), Buffer.from([2]), Buffer.from('pw')]);
  for (const at of splits(credentials)) {
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(greeting([2]));
    assert.deepEqual(await peer.read(2), Buffer.from([5, 2]));
    await sendSplit(gateway, peer, credentials, at);
    assert.deepEqual(await peer.read(2), Buffer.from([1, 0]));
    peer.send(request(server));
    assert.equal((await readReply(peer)).rep, 0);
    peer.close();
  }
});

inBothEngines('a client that goes in the midst of its handshake leaves nothing behind', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared();
  const bytes = Buffer.concat([greeting(), request(server)]);
  for (let sent = 0; sent < bytes.length; sent += 1) {
    for (const leave of ['end', 'reset'] as const) {
      const peer = world.use(await Peer.connect(gateway.port));
      if (sent > 0) await sendSplit(gateway, peer, bytes.subarray(0, sent), sent);
      peer[leave]();
      if (leave === 'end') assert.equal(await peer.ended(), 'eof');
    }
  }
  await gateway.idle();
});
